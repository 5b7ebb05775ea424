// Rows of a checklist. A row that is being saved takes what comes next when it is back, so that two quick presses are
// never a conflict with oneself.
const rowOf = el => el?.closest?.('[data-row]')
const first = row => $('a', row)
const title = row => first(row).textContent
const pressed = row => $('[aria-pressed=true]', row)
// A question has no buttons for met and not met: the keys for these lead to its choices.
const press = (row, value) => {
  const b = $(`.seg [value=${value}]`, row)
  b ? b.click() : $('[name=choice]', row)?.focus()
}
// choice ticks one of a question by its number; Enter then answers.
const choice = (row, n) => {
  const box = row.querySelectorAll('[name=choice]')[n - 1]
  box?.focus()
  box?.click()
  return box
}
// saying is what a button sends: of a question, the choices that are ticked now.
const saying = (row, b) => b.value === 'choices' ? '=' + [...row.querySelectorAll('[name=choice]:checked')].map(c => c.value).join(' ') : b.value
const later = (row, act) => row.ariaBusy ? row.next = act : act(row)
// under is an address below the item's, with the list's filter: the answer's has both.
const under = (row, rest) => $('.seg', row).action.replace('/answer?', rest + '?')
// ask opens a form across the row.
const ask = (row, action, ...kids) => {
  const form = make('form', { method: 'post', action }, ...kids, button('Cancel', () => leave(form)))
  row.append(make('div', { className: 'ask' }, form))
  htmx.process(form)
  return form
}
const leave = form => {
  const row = rowOf(form)
  drop(form)
  form.closest('.ask').remove()
  first(row).focus()
}
const noteOf = row => $('.ask [data-draft]', row)
const edit = (row, quiet) => {
  const seg = $('.seg', row), note = $('.nt', row)
  if (!seg || note?.matches('.cut')) return
  let form = noteOf(row)
  if (!form) {
    const area = make('textarea', { name: 'note', rows: 2, ariaLabel: 'Note: ' + title(row), placeholder: 'Note. Enter saves, Esc leaves', defaultValue: note?.textContent || '' })
    form = ask(row, seg.action, area, make('button', { className: 'go', name: 'answer', value: seg.dataset.now || pressed(row)?.value || 'open' }, 'Save note'))
    form.dataset.draft = ''
    restore(form)
  }
  if (!quiet) $('textarea', form).focus()
  return true
}
// links opens what adds links to a row and changes one's own.
const links = row => {
  const kinds = $('[data-kinds]')?.dataset.kinds
  if (!kinds || !$('.seg', row) || $('[name=links]', row)) return
  for (const a of row.querySelectorAll('[data-no]')) {
    const kind = make('select', { name: 'kind', ariaLabel: 'Kind of ' + a.textContent }, ...kinds.split(';').map(k => {
      const [value, word] = k.split(':')
      return make('option', { value, selected: word === a.title }, word)
    }))
    ask(row, under(row, `/evidence/${a.dataset.no}/edit`), make('input', { name: 'title', value: a.textContent, ariaLabel: 'Title of ' + a.textContent }), kind, make('button', {}, 'Save link'))
  }
  const area = make('textarea', { name: 'links', rows: 1, ariaLabel: 'Links, one a line: ' + title(row), placeholder: 'Paste links, one a line' })
  ask(row, under(row, '/evidence'), area, make('button', { className: 'go' }, 'Add links'))
  area.focus()
  return true
}
// send posts fields as the row's own form would.
const send = (row, action, fields) => {
  const form = ask(row, action, ...[...fields].map(([name, value]) => make('textarea', { name, value })))
  form.parentNode.hidden = true
  form.requestSubmit()
}
const paste = (row, text) => later(row, row => send(row, under(row, '/evidence'), [['links', text]]))
// Enter in a note saves it.
const noteKey = (e, area) => {
  if (e.key === 'Enter' && !e.shiftKey && area.name === 'note') {
    e.preventDefault()
    area.form.requestSubmit($('.go', area.form))
  }
  if (e.key === 'Escape') leave(area.form)
}
// equip gives a row what only a script can do.
const equip = row => {
  const seg = $('.seg', row), name = title(row)
  row.dataset.on = ''
  if (!seg) return
  for (const form of row.querySelectorAll('.ask form')) if (!$('[type=button]', form)) form.append(button('Cancel', () => leave(form)))
  if (pressed(row)) seg.append(make('button', { name: 'answer', value: 'open', ariaLabel: 'Reopen: ' + name }, 'Reopen'))
  const tools = make('span', { className: 'tools' })
  seg.before(tools)
  const tool = (word, act) => tools.append(make('button', { type: 'button', className: 'link add', ariaLabel: word + ': ' + name, onclick: () => act(row) }, word))
  if (!$('.nt', row)) tool('Add note', edit)
  tool($('[data-no]', row) ? 'Links' : 'Add link', links)
  if ($('#bulk [name=assign]')) tool('Assign', row => {
    clear()
    pick(row, true)
    $('#bulk :is([name=assign],[name=person])').focus()
  })
}
const equipAll = () => {
  all('[data-row]:not([data-on])').forEach(equip)
  count()
}
const shut = except => { for (const m of all('.menu[open]')) if (!m.contains(except)) m.open = false }
// A note is saved when the focus leaves its row; an answer that is pressed there takes it along.
on('mousedown', e => e.target.closest('.items button') && noteOf(rowOf(e.target)) && e.preventDefault())
// While a button of the mouse is down it waits: the row that shrinks would take what is being pressed from under the pointer.
let down = false, released
on('pointerdown', () => { down = true })
for (const end of ['pointerup', 'pointercancel']) on(end, () => {
  down = false
  setTimeout(() => down || (released = released?.())) // down: the next press was quicker
})
on('focusout', e => {
  const row = rowOf(e.target), form = row && noteOf(row), area = form && $('textarea', form)
  if (!area || row.contains(e.relatedTarget) || !doc.hasFocus()) return
  const save = () => { if (form.isConnected && area.value !== area.defaultValue && !row.ariaBusy) form.requestSubmit($('.go', form)) }
  if (down) released = save
  else save()
})
on('paste', e => {
  const el = doc.activeElement, row = rowOf(el), text = e.clipboardData.getData('text').trim()
  if (!row || !text || !$('.seg', row)) return
  if (el.name === 'links') {
    if (!el.value) setTimeout(() => el.form.requestSubmit())
  } else if (!typing(el)) {
    e.preventDefault()
    paste(row, text)
  }
})
on('click', e => {
  const near = sel => e.target.closest(sel)
  const row = rowOf(e.target), b = near('.seg button')
  if (b && row?.ariaBusy) {
    e.preventDefault()
    const value = saying(row, b)
    row.next = row => value === b.value ? press(row, value) : send(row, $('.seg', row).action, [['answer', value]])
  } else if (b && row && noteOf(row)) {
    e.preventDefault()
    const go = $('.go', noteOf(row))
    go.value = saying(row, b)
    go.form.requestSubmit(go)
  }
  if (near('.nt') && !e.ctrlKey && !e.metaKey && !e.shiftKey && edit(row)) e.preventDefault()
  if (row && near('[data-keep]')) {
    e.preventDefault()
    near('.versus').remove()
    first(row).focus()
  }
  if (near('[data-keys]')) help()
  shut(e.target)
})
