// Several rows at once: boxes that are ticked are sent by the form that stands below the list.
const boxes = () => all('[data-row] > [name=pick]')
const count = () => {
  const n = boxes().filter(b => b.checked).length, word = $('#bulk b')
  if (word) word.textContent = n + ' selected'
  return n
}
const pick = (row, to) => {
  const box = $('[name=pick]', row)
  if (box) box.checked = to ?? !box.checked
  count()
}
const clear = () => {
  for (const b of boxes()) b.checked = false
  count()
}
let lastBox
on('click', e => {
  const box = e.target
  if (box.name !== 'pick') return
  const list = boxes(), a = list.indexOf(lastBox), z = list.indexOf(box)
  if (e.shiftKey && a >= 0) for (const b of list.slice(Math.min(a, z), Math.max(a, z) + 1)) b.checked = box.checked
  lastBox = box
  count()
})
// What a key answers, it answers for all that are selected.
const answerAll = value => {
  const note = $('#bulk [name=note]')
  if (value === 'not-applicable' && !note.value) note.focus()
  else $(`#bulk [value=${value}]`).click()
}
const pickAll = to => {
  for (const b of boxes()) b.checked = to
  count()
}
if ($('#bulk')) {
  $('#bulk').append(button('Clear', clear))
  const box = make('input', { type: 'checkbox', onchange: () => pickAll(box.checked) })
  $('#list').before(make('label', { className: 'mut small all' }, box, 'Select all shown'))
}
