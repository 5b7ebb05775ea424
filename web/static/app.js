// Slipway's own script: keyboard, drafts, messages. Every page works without it; it only makes the same posts smoother.
(() => {
  'use strict'
  const $ = (sel, root = document) => root.querySelector(sel)
  const on = (type, fn) => document.addEventListener(type, fn)
  const make = (tag, props, ...kids) => {
    const el = Object.assign(document.createElement(tag), props)
    el.append(...kids)
    return el
  }
  // Storage can be forbidden by the browser's settings; then drafts and the switch simply do not last.
  const store = (area, key, value) => {
    try {
      if (value === undefined) return area()[key]
      if (value === null) delete area()[key]
      else area()[key] = value
    } catch {}
  }
  const local = () => localStorage
  const session = () => sessionStorage

  // Messages: the live region for what went well, a bar at the bottom for what did not.
  const say = text => { $('#status').textContent = text }
  let bar
  const warn = (text, ...actions) => {
    bar?.remove()
    const shut = make('button', { type: 'button', onclick: () => bar.remove() }, 'Dismiss')
    bar = make('div', { className: 'bar-msg s-bad', role: 'alert' }, make('span', { className: 'badge' }, text), ...actions, shut)
    document.body.append(bar)
  }
  const button = (word, onclick) => make('button', { type: 'button', onclick }, word)

  // Drafts: what is typed in form[data-draft] stays in this tab until a post of it was kept.
  const key = form => 'draft:' + new URL(form.action).pathname
  const fields = form => [...form.elements].filter(f => f.name && f.matches('textarea,select,input:not([type=hidden],[type=checkbox],[type=radio])'))
  const read = form => JSON.parse(store(session, key(form)) || 'null')
  const drop = form => store(session, key(form), null)
  const restore = form => {
    const saved = read(form)
    if (!saved) return
    if (saved.sent && $('main[data-saved]')) return drop(form)
    const before = fields(form).map(f => [f, f.value])
    const changed = before.filter(([f, v]) => f.name in saved.v && saved.v[f.name] !== v)
    if (!changed.length) return drop(form)
    for (const [f] of changed) f.value = saved.v[f.name]
    const box = make('p', { className: 'row small', role: 'status' }, 'Restored what you typed. ', make('button', { type: 'button', className: 'link', onclick: () => {
      for (const [f, v] of changed) f.value = v
      drop(form)
      box.remove()
    } }, 'Discard it'))
    form.prepend(box)
  }
  const keep = (form, sent) => {
    const v = {}
    for (const f of fields(form)) if (f.value !== f.defaultValue) v[f.name] = f.value
    if (Object.keys(v).length) store(session, key(form), JSON.stringify({ v, sent }))
    else drop(form)
  }
  on('input', e => e.target.form?.matches('[data-draft]') && keep(e.target.form))
  on('submit', e => e.target.matches('[data-draft]') && keep(e.target, true))

  // Rows of a checklist. A row that is being saved takes the next answer when it comes back, so that two quick
  // presses are never a conflict with oneself.
  const rowOf = el => el?.closest?.('[data-row]')
  const title = row => $('a', row).textContent
  const press = (row, value) => {
    const b = $(`.seg [value=${value}]`, row)
    if (b && b.ariaPressed !== 'true') b.click()
  }
  on('click', e => {
    const b = e.target.closest('.seg button'), row = rowOf(b)
    if (row?.ariaBusy) {
      e.preventDefault()
      row.dataset.next = b.value
    }
    const note = e.target.closest('.nt:not(.cut)')
    if (note && rowOf(note) && !e.ctrlKey && !e.metaKey && !e.shiftKey && edit(rowOf(note))) e.preventDefault()
    const other = e.target.closest('[data-keep]')
    if (other && rowOf(other)) {
      e.preventDefault()
      const r = rowOf(other)
      other.closest('.versus').remove()
      $('a', r).focus()
    }
    // A portfolio cell leads to its stage.
    const td = e.target.closest('.heat td[class]')
    if (td) {
      const k = td.closest('table').tHead.rows[0].cells[td.cellIndex].dataset.k
      location = $('a', td.parentNode).href + '/stages/' + k
    }
    for (const m of document.querySelectorAll('.menu[open]')) if (!m.contains(e.target)) m.open = false
    if (e.target.closest('[data-keys]')) help()
  })
  const edit = (row, quiet) => {
    const form = $('.seg', row), link = $('.nt', row)
    if (!form || link.matches('.cut')) return false
    let area = $('textarea', form)
    if (!area) {
      form.dataset.draft = ''
      area = make('textarea', { name: 'note', rows: 2, ariaLabel: 'Note: ' + title(row), placeholder: 'Enter saves, Esc leaves', defaultValue: link.matches('.add') ? '' : link.textContent })
      form.append(area)
      restore(form)
    }
    if (!quiet) area.focus()
    return true
  }
  // Enter in a note sends it with the answer as it stands, not with the form's first button.
  const sendNote = form => {
    let b = $('[aria-pressed=true]', form)
    if (!b) form.append(b = make('button', { name: 'answer', value: 'open', hidden: true }))
    form.requestSubmit(b)
  }

  // htmx: rows swap in place. Links inside a list stay plain links.
  on('htmx:before:init', e => e.target.matches('a') && e.preventDefault())
  on('htmx:before:request', e => {
    const row = rowOf(e.detail.ctx.sourceElement)
    if (!row) return
    row.ariaBusy = 'true'
    const at = document.activeElement
    e.detail.ctx.back = { id: row.id, next: () => row.dataset.next, at: row.contains(at) && (at.value || 'a') }
  })
  on('htmx:after:swap', e => {
    const back = e.detail.ctx.back, row = back && document.getElementById(back.id)
    if (!row || e.detail.ctx.swap === 'none') return
    if (back.at) (back.at !== 'a' && $(`.seg [value=${CSS.escape(back.at)}]`, row) || $('a', row)).focus({ preventScroll: true })
    if (e.detail.ctx.response.status < 300) {
      drop(e.detail.ctx.request.form)
      say(`${title(row)}: ${$('[aria-pressed=true]', row)?.textContent || 'open'}. ${$('#stage-progress')?.textContent || ''}`)
      bar?.remove()
    } else say(`${title(row)}: not saved, see the row.`)
    if (back.next()) press(row, back.next())
  })
  const retry = ctx => button('Try again', () => {
    bar.remove()
    ctx.request.form.requestSubmit(ctx.request.submitter?.isConnected ? ctx.request.submitter : undefined)
  })
  on('htmx:error', e => e.detail.ctx?.request?.form && warn('Slipway could not be reached. Nothing was saved; what you typed is still here.', retry(e.detail.ctx)))
  on('htmx:response:error', e => {
    const ctx = e.detail.ctx, s = ctx.response.status
    if (s === 401) warn('You are signed out. Nothing was saved; what you typed is kept in this tab.', make('a', { className: 'btn', href: location.href }, 'Sign in again'))
    else if (s === 403) warn('You may not do this. Nothing was changed.')
    else if (s === 404) warn('This no longer exists.', make('a', { className: 'btn', href: location.href }, 'Reload the page'))
    else if (s === 429 || s > 499) warn('Slipway could not do this just now. Nothing was saved.', retry(ctx))
  })
  on('htmx:finally:request', e => {
    const row = rowOf(e.detail.ctx.sourceElement)
    if (row) row.ariaBusy = null
  })

  // Keyboard. Single keys can be switched off (WCAG 2.1.4); they never act while typing or with a modifier.
  const off = () => store(local, 'keys') === 'off'
  const keys = [
    ['j  k', 'next, previous item (also the arrows)'], ['m', 'met'], ['n', 'not met'], ['a', 'not applicable'], ['o', 'reopen'],
    ['c', 'note'], ['e', 'evidence'], ['Enter', 'open the item'], ['/', 'filter'],
    ['g then w', 'my work'], ['g then p', 'portfolio'], ['g then s', 'sign-offs'], ['?', 'this help']]
  let dialog
  const help = () => {
    if (!dialog) {
      const list = make('dl')
      for (const [k, what] of keys) list.append(make('dt', {}, ...k.split(/ +(?:then )?/).flatMap(x => [make('kbd', {}, x), ' '])), make('dd', {}, what))
      const box = make('input', { type: 'checkbox', checked: !off(), onchange: () => store(local, 'keys', box.checked ? null : 'off') })
      dialog = make('dialog', {}, make('h2', { id: 'keys-h' }, 'Keyboard shortcuts'), list,
        make('p', { className: 'opts' }, make('label', {}, box, 'Use single-key shortcuts')),
        make('form', { method: 'dialog' }, make('button', {}, 'Close')))
      dialog.setAttribute('aria-labelledby', 'keys-h')
      document.body.append(dialog)
    }
    dialog.showModal()
  }
  const places = { w: '/', p: '/portfolio', s: '/sign-offs' }
  const answers = { m: 'met', n: 'not-met', a: 'not-applicable', o: 'open' }
  let leader = 0
  const move = step => {
    const rows = [...document.querySelectorAll('[data-row]')], at = rows.indexOf(rowOf(document.activeElement))
    const row = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step]
    if (row) $('a', row).focus()
    return rows.length
  }
  on('keydown', e => {
    const el = e.target, k = e.key
    if (el.matches('.seg textarea') && !e.isComposing) {
      if (k === 'Enter' && !e.shiftKey) {
        e.preventDefault()
        sendNote(el.form)
      } else if (k === 'Escape') {
        const row = rowOf(el)
        drop(el.form)
        $('.small', el.form)?.remove()
        el.remove()
        $('.nt', row).focus()
      }
      return
    }
    if (k === 'Escape') for (const m of document.querySelectorAll('.menu[open]')) {
      m.open = false
      $('summary', m).focus()
    }
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || dialog?.open || el.matches('input,textarea,select,[contenteditable]') || !$('[data-keys]')) return
    const row = rowOf(el)
    if (k === 'ArrowDown' || k === 'ArrowUp') {
      if (row && move(k === 'ArrowDown' ? 1 : -1)) e.preventDefault()
      return
    }
    if (off()) return
    const led = e.timeStamp - leader < 1500
    leader = k === 'g' ? e.timeStamp : 0
    if (led && places[k]) location = places[k]
    else if (k === '?') help()
    else if (k === '/' && $('[data-filter]')) $('[data-filter]').focus()
    else if (k === 'j' || k === 'k') move(k === 'j' ? 1 : -1)
    else if (row && answers[k]) press(row, answers[k])
    else if (row && k === 'c') edit(row) || (location = $('.nt', row).href)
    else if (row && k === 'e') location = $('a', row).href + '#evidence'
    else return
    e.preventDefault()
  })

  for (const b of document.querySelectorAll('[data-keys]')) b.hidden = false
  for (const form of document.querySelectorAll('form[data-draft]')) restore(form)
  for (const form of document.querySelectorAll('.seg')) if (read(form)) edit(rowOf(form), true)
})()
