// The editor: items open in their list, are saved while one types, and are moved by keys and by drag. All of it is a post
// that a plain form makes as well.
(() => {
const doc = document
const $ = (sel, root = doc) => root.querySelector(sel)
const say = text => { $('#status').textContent = text }
const rowOf = el => el?.closest?.('[data-item]')
const html = text => new DOMParser().parseFromString(text, 'text/html')
const headers = { 'HX-Request': 'true' }
const post = (form, fields) => fetch(form.action, { method: 'POST', headers, body: new URLSearchParams(fields) })
// What could not be sent is said where it was typed.
const trouble = status => status === 401 ? 'You are signed out. Sign in in another tab, then go on typing.' : status === 403 ? 'You may no longer do this.' : status === 404 ? 'This draft is no longer there.' : 'Not saved. What you typed is kept; it is tried again when you go on typing.'
// A form is saved by itself one post after the other, so that nobody is in their own way.
const states = new WeakMap()
const stateOf = form => {
  if (!states.has(form)) states.set(form, {})
  return states.get(form)
}
const note = (form, text) => { $('.said-here', form).textContent = text }
const dirty = form => {
  const st = stateOf(form)
  st.dirty = true
  if (st.stopped) return
  clearTimeout(st.wait)
  st.wait = setTimeout(() => save(form), 700)
}
const save = async form => {
  const st = stateOf(form)
  clearTimeout(st.wait)
  if (st.busy) return
  st.busy = true
  st.dirty = false
  try {
    const answer = await post(form, new FormData(form))
    const text = await answer.text()
    if (![200, 409, 422].includes(answer.status)) throw answer.status
    const page = html(text), said = $('.said-here', page), shown = $('[data-shown]', page), row = rowOf(form), sum = $('template[data-sum]', page)
    $('.said-here', form).replaceChildren(...said.childNodes)
    if (shown) form.elements.shown.value = shown.dataset.shown
    if (sum && row) $('.sum', row).replaceWith(sum.content.firstElementChild)
    st.stopped = answer.status === 409
    st.kept = answer.status === 200
  } catch (status) {
    st.dirty = true
    note(form, trouble(status))
  }
  st.busy = false
  if (st.dirty && !st.stopped && st.kept) dirty(form)
}
doc.addEventListener('input', e => e.target.form?.matches('[data-save]') && dirty(e.target.form))
doc.addEventListener('change', e => e.target.form?.matches('[data-save]') && dirty(e.target.form))
doc.addEventListener('submit', e => {
  const form = e.target
  if (!form.matches('[data-save]') || e.submitter?.name === 'away') return
  e.preventDefault()
  stateOf(form).stopped = false
  save(form)
})
addEventListener('beforeunload', e => {
  for (const form of doc.querySelectorAll('[data-save]')) if (stateOf(form).dirty || stateOf(form).busy) e.preventDefault()
})
// An item opens below its row. A second press closes it again, once it is saved.
const open = async link => {
  const row = rowOf(link), old = $('.in', row)
  if (old) {
    const form = $('[data-save]', old)
    if (form && stateOf(form).dirty) await save(form)
    if (form && stateOf(form).dirty) return
    old.remove()
    link.setAttribute('aria-expanded', 'false')
    link.focus()
    return
  }
  const answer = await fetch(link.href, { headers })
  if (!answer.ok || answer.redirected) return location.assign(link.href)
  const box = doc.createElement('div')
  box.className = 'in'
  box.append(...html(await answer.text()).body.childNodes)
  row.append(box)
  link.setAttribute('aria-expanded', 'true')
  $('input:not([type=hidden])', box).focus()
}
doc.addEventListener('click', e => {
  const link = e.target.closest('[data-open]'), b = e.target.closest('button[form=moves]')
  if (link && !e.ctrlKey && !e.metaKey && !e.shiftKey) {
    e.preventDefault()
    open(link)
  }
  if (b) {
    e.preventDefault()
    step(rowOf(b), b.name === 'up' ? -1 : 1, b)
  }
  if (e.target.closest('[data-shut]')) open($('[data-open]', rowOf(e.target)))
})
doc.addEventListener('keydown', e => {
  const row = rowOf(e.target)
  if (row && e.key === 'Escape' && $('.in', row)) return open($('[data-open]', row))
  if (!row || !e.altKey || e.target.matches('textarea,select,input:not([type=checkbox])') || !/^Arrow(Up|Down)$/.test(e.key)) return
  e.preventDefault()
  step(row, e.key === 'ArrowUp' ? -1 : 1, e.target)
})
const titleOf = row => $('[data-open]', row).textContent
const move = async (fields, done) => {
  try {
    const answer = await post($('#moves'), { ...fields })
    if (!answer.ok) throw answer.status
    done()
  } catch (status) {
    say('Not moved. ' + (status === 409 ? 'Somebody changed this list: reload the page.' : trouble(status)))
  }
}
let last = Promise.resolve()
const step = (row, by, focus) => {
  last = last.then(() => {
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling
    if (!other) return say(titleOf(row) + ' is ' + (by < 0 ? 'the first.' : 'the last.'))
    return move({ [by < 0 ? 'up' : 'down']: row.dataset.item }, () => {
      if (by < 0) other.before(row)
      else other.after(row)
      focus.focus()
      say(titleOf(row) + ' moved to place ' + ([...row.parentNode.children].indexOf(row) + 1) + '.')
    })
  })
}
// Drag: onto a row puts it before that row, onto a stage moves it to the end of that.
let dragged
const over = e => e.target.closest?.('[data-item],[data-stage]')
const unmark = () => { for (const el of doc.querySelectorAll('.over')) el.classList.remove('over') }
doc.addEventListener('dragstart', e => {
  dragged = rowOf(e.target)
  if (!dragged) return
  e.dataTransfer.effectAllowed = 'move'
  e.dataTransfer.setData('text/plain', titleOf(dragged))
  dragged.classList.add('moving')
})
doc.addEventListener('dragover', e => {
  const at = dragged && over(e)
  if (!at || at === dragged) return
  e.preventDefault()
  unmark()
  at.classList.add('over')
})
doc.addEventListener('dragend', () => {
  dragged?.classList.remove('moving')
  dragged = null
  unmark()
})
doc.addEventListener('drop', e => {
  const at = dragged && over(e), row = dragged
  if (!at || at === row) return
  e.preventDefault()
  if (at.dataset.stage) return move({ item: row.dataset.item, to: at.dataset.stage }, () => {
    say(titleOf(row) + ' moved to ' + at.textContent.trim() + '.')
    row.remove()
  })
  move({ item: row.dataset.item, before: at.dataset.item, to: $('#moves').dataset.here }, () => {
    at.before(row)
    say(titleOf(row) + ' moved.')
  })
})
// The preview follows the tier and the answers. Of several answers on their way the last one counts.
let asked = 0
doc.addEventListener('change', async e => {
  const form = e.target.form
  if (!form?.matches('[data-preview]')) return
  const n = ++asked
  try {
    const answer = await post(form, new FormData(form))
    if (!answer.ok) throw answer.status
    const now = html(await answer.text()), part = $('#previewed', now)
    if (n !== asked || !part) return
    $('#previewed').replaceWith(part)
    const count = $('[data-preview] summary', now)
    if (count) $('summary', form).textContent = count.textContent
    say($('strong', part)?.textContent || '')
  } catch (status) {
    say('Not shown. Press Show.')
  }
})
// A file that is too large is said to be before it is sent.
doc.addEventListener('change', e => {
  const most = e.target.dataset.most
  if (!most) return
  e.target.setCustomValidity(e.target.files[0]?.size > most ? 'This file has more than ' + (most >> 20) + ' MiB. Split it, or take out what is no checklist.' : '')
  e.target.reportValidity()
})
})()
