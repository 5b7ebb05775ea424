// Keyboard. Single keys can be switched off (WCAG 2.1.4); they never act while typing or with a modifier.
let prefs = {}, dialog, led
try { prefs = localStorage } catch {}
const places = { w: '/', p: '/portfolio', s: '/sign-offs' }
const answers = { m: 'met', n: 'not-met', a: 'not-applicable', o: 'open' }
const keys = 'j k:next, previous item or project (or arrows, also across the board);m:met;n:not met;a:not applicable;o:reopen;M N:the same, then the next item;1 2:tick a choice of a question (then Enter);0:none of its choices;c:note;l:links (or paste them onto the item);x:select, and answer all selected together;X:select all shown;Ctrl+Z:undo the last change;e:evidence;Enter:open it;/:search everything;f:filter this list;g w:my work;g p:portfolio;g s:sign-offs;?:this help'
const help = () => {
  if (!dialog) {
    const list = make('dl')
    for (const line of keys.split(';')) {
      const [k, what] = line.split(':')
      list.append(make('dt', {}, ...k.split(' ').map(x => make('kbd', {}, x))), make('dd', {}, what))
    }
    const box = make('input', { type: 'checkbox', checked: !prefs.keysOff, onchange: () => { prefs.keysOff = box.checked ? '' : 1 } })
    dialog = make('dialog', { ariaLabel: 'Keyboard shortcuts' }, make('h2', {}, 'Keyboard shortcuts'), list, make('label', { className: 'row' }, box, 'Use single-key shortcuts'), button('Close', () => dialog.close()))
    doc.body.append(dialog)
  }
  dialog.showModal()
}
const typing = el => el.matches('textarea,select,input:not([type=checkbox])')
const move = step => {
  const rows = all('[data-row]'), at = rows.indexOf(rowOf(doc.activeElement))
  const row = at < 0 ? rows[0] : rows[at + step]
  if (row) first(row).focus()
}
// On the board the other arrows lead to the card beside, in the next column that has any.
const across = (row, step) => {
  const columns = all('.board > section').map(c => [...c.querySelectorAll('[data-row]')]).filter(c => c.length)
  const at = columns.findIndex(c => c.includes(row)), to = columns[at + step]
  if (to) first(to[Math.min(columns[at].indexOf(row), to.length - 1)]).focus()
}
// Back from a project, the focus is where it was.
on('click', e => {
  const row = rowOf(e.target)
  if (row?.dataset.row && e.target.closest('a')) history.replaceState({ ...history.state, row: all('[data-row]').indexOf(row) }, '')
})
on('keydown', e => {
  // A row of a table is walked to and opened, and takes no answers.
  const el = e.target, k = e.key, line = rowOf(el), row = line?.dataset.row ? null : line
  if (k === 'Escape') shut()
  if (e.isComposing || $('dialog[open]')) return
  if ((e.ctrlKey || e.metaKey) && k === 'z' && !typing(el) && $('[data-undo]')) {
    e.preventDefault()
    $('[data-undo]').click()
  }
  if (e.ctrlKey || e.metaKey || e.altKey) return
  if (el.matches('.ask *')) return noteKey(e, el)
  if (typing(el) || !$('[data-keys]')) return
  const arrow = line && { ArrowDown: 1, ArrowUp: -1 }[k], step = arrow || { j: 1, k: -1 }[k]
  const beside = line?.closest('.board') && { ArrowRight: 1, ArrowLeft: -1 }[k]
  if (prefs.keysOff && !arrow && !beside) return
  const place = led && places[k]
  led = k === 'g'
  if (place) location = place
  else if (step) move(step)
  else if (beside) across(line, beside)
  else if (k === '?') help()
  else if (k === '/') find()
  else if (k === 'f' && $('[data-filter]')) $('[data-filter]').focus()
  else if (answers[k] && count()) answerAll(answers[k])
  else if (row && answers[k]) press(row, answers[k])
  else if (row && /^[MN]$/.test(k)) {
    press(row, answers[k.toLowerCase()])
    move(1)
  }
  else if (row && k === '0') press(row, 'none')
  else if (row && choice(row, k)) {}
  else if (row && k === 'x') pick(row)
  else if (k === 'X' && $('#bulk')) pickAll(!count())
  else if (k === 'Escape') clear()
  else if (row && k === 'l' && links(row)) {}
  else if (row && k === 'c') edit(row) || (location = first(row).href + '#note')
  else if (row && k === 'e') location = first(row).href + '#evidence'
  else return
  e.preventDefault()
})
