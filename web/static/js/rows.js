// Rows of a checklist. A row that is being saved takes the next answer when it comes back, so that two quick
// presses are never a conflict with oneself.
const rowOf = el => el?.closest?.('[data-row]')
const first = row => $('a', row)
const pressed = row => $('[aria-pressed=true]', row)
const press = (row, value) => $(`.seg [value=${value}]`, row)?.click()
const edit = (row, quiet) => {
  const form = $('.seg', row), note = $('.nt:not(.cut)', row)
  if (!form || !note) return
  let area = $('textarea', form)
  if (!area) {
    form.dataset.draft = ''
    area = make('textarea', { name: 'note', ariaLabel: 'Note: ' + first(row).textContent, placeholder: 'Enter saves, Esc leaves', defaultValue: note.matches('.add') ? '' : note.textContent })
    form.append(area)
    restore(form)
  }
  if (!quiet) area.focus()
  return true
}
// Enter in a note sends it with the answer as it stands, not with the form's first button.
const noteKey = (e, form, row) => {
  if (e.key === 'Enter' && !e.shiftKey) {
    e.preventDefault()
    let b = pressed(form) || $('.go', form)
    if (!b) form.append(b = make('button', { name: 'answer', value: 'open', hidden: true }))
    form.requestSubmit(b)
  }
  if (e.key === 'Escape') {
    drop(form)
    $('p', form)?.remove()
    e.target.remove()
    $('.nt', row).focus()
  }
}
const shut = except => { for (const m of all('.menu[open]')) if (!m.contains(except)) m.open = false }
on('click', e => {
  const near = sel => e.target.closest(sel)
  const row = rowOf(e.target), b = near('.seg button')
  if (b && row.ariaBusy) {
    e.preventDefault()
    row.dataset.next = b.value
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
