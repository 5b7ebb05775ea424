// Keyboard. Single keys can be switched off (WCAG 2.1.4); they never act while typing or with a modifier.
let prefs = {}, dialog, led
try { prefs = localStorage } catch {}
const places = { w: '/', p: '/portfolio', s: '/sign-offs' }
const answers = { m: 'met', n: 'not-met', a: 'not-applicable', o: 'open' }
const keys = 'j k:next, previous item (or arrows);m:met;n:not met;a:not applicable;o:reopen;c:note;e:evidence;Enter:open the item;/:filter;g w:my work;g p:portfolio;g s:sign-offs;?:this help'
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
const move = step => {
  const rows = all('[data-row]'), at = rows.indexOf(rowOf(doc.activeElement))
  const row = at < 0 ? rows[0] : rows[at + step]
  if (row) first(row).focus()
}
on('keydown', e => {
  const el = e.target, k = e.key, row = rowOf(el)
  if (k === 'Escape') shut()
  if (e.isComposing || e.ctrlKey || e.metaKey || e.altKey || dialog?.open) return
  if (el.matches('.items textarea')) return noteKey(e, el.form, row)
  if (el.matches('input,textarea,select') || !$('[data-keys]')) return
  const arrow = row && { ArrowDown: 1, ArrowUp: -1 }[k], step = arrow || { j: 1, k: -1 }[k]
  if (prefs.keysOff && !arrow) return
  const place = led && places[k]
  led = k === 'g'
  if (place) location = place
  else if (step) move(step)
  else if (k === '?') help()
  else if (k === '/') $('[data-filter]')?.focus()
  else if (row && answers[k]) press(row, answers[k])
  else if (row && k === 'c') edit(row) || (location = $('.nt', row).href)
  else if (row && k === 'e') location = first(row).href + '#evidence'
  else return
  e.preventDefault()
})
