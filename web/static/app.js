// Slipway's own script: keyboard, drafts, messages. Every page works without it; it only makes the same posts smoother.
// static.go squeezes it: a comment has its own line, no string spans lines, no regular expression holds a space.
(() => {
  const doc = document
  const $ = (sel, root = doc) => root.querySelector(sel)
  const all = sel => [...doc.querySelectorAll(sel)]
  const on = (type, fn) => doc.addEventListener(type, fn)
  const make = (tag, props, ...kids) => {
    const el = Object.assign(doc.createElement(tag), props)
    el.append(...kids)
    return el
  }
  const button = (word, onclick) => make('button', { type: 'button', onclick }, word)
  const link = word => make('a', { className: 'btn', href: location.href }, word)

  // Messages: the live region for what went well, a bar at the bottom for what did not.
  let bar
  const say = text => { $('#status').textContent = text }
  const warn = (text, action) => {
    bar?.remove()
    bar = make('div', { className: 'bar-msg s-bad', role: 'alert' }, make('span', { className: 'badge' }, text), action, button('Dismiss', () => bar.remove()))
    doc.body.append(bar)
  }

  // Drafts: what is typed in form[data-draft] stays in this tab until a post of it was kept, and comes back to whoever
  // typed it only. Where the browser forbids storage there are none.
  let drafts = {}
  try { drafts = sessionStorage } catch {}
  const key = form => 'draft:' + doc.body.dataset.who + new URL(form.action).pathname + form.id
  const drop = form => { delete drafts[key(form)] }
  const fields = form => [...form.elements].filter(f => f.name && f.matches('textarea,select,input:not([type=hidden],[type=checkbox],[type=radio])'))
  const keep = form => {
    const v = {}
    for (const f of fields(form)) if (f.value !== f.defaultValue) v[f.name] = f.value
    drafts[key(form)] = JSON.stringify(v)
  }
  const restore = form => {
    const v = JSON.parse(drafts[key(form)] || '{}')
    const changed = fields(form).filter(f => f.name in v && v[f.name] !== f.value)
    if (!changed.length) return drop(form)
    const before = changed.map(f => f.value)
    for (const f of changed) f.value = v[f.name]
    const box = make('p', { className: 'row', role: 'status' }, 'Restored what you typed.', button('Discard it', () => {
      changed.forEach((f, i) => { f.value = before[i] })
      drop(form)
      box.remove()
    }))
    form.prepend(box)
  }
  on('input', e => e.target.form?.matches('[data-draft]') && keep(e.target.form))
  on('submit', e => {
    drafts.sent = key(e.target)
    if (e.target.matches('[data-draft]')) keep(e.target)
    // Whoever signs out leaves nothing behind for the next person at this tab.
    if (e.target.matches('[action="/logout"]')) for (const k of Object.keys(drafts)) delete drafts[k]
  })

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
    const row = rowOf(e.target), b = near('.seg button'), cell = near('.heat [class^=s-]')
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
    // A portfolio cell leads to its stage.
    if (cell) location = first(cell.parentNode).href + '/stages/' + cell.closest('table').tHead.rows[0].cells[cell.cellIndex].dataset.k
    if (near('[data-keys]')) help()
    shut(e.target)
  })

  // htmx: rows swap in place. Links inside a list stay plain links.
  on('htmx:before:init', e => e.target.matches('a') && e.preventDefault())
  on('htmx:before:request', e => {
    const row = rowOf(e.target), at = doc.activeElement
    if (!row) return
    row.ariaBusy = true
    e.detail.ctx.row = row
    e.detail.ctx.at = row.contains(at) && `.seg [value=${JSON.stringify(at.value)}]`
  })
  on('htmx:after:swap', e => {
    const { row: old, at, swap, response, request } = e.detail.ctx, row = old && doc.getElementById(old.id)
    if (!row || swap === 'none') return
    if (at) ($('textarea', row) || $(at, row) || first(row)).focus({ preventScroll: true })
    const ok = response.status < 300
    say(first(row).textContent + ': ' + (ok ? (pressed(row)?.textContent || 'open') + '. ' + $('#stage-progress')?.textContent : 'not saved'))
    if (ok) {
      drop(request.form)
      bar?.remove()
    }
    if (old.dataset.next) press(row, old.dataset.next)
  })
  on('htmx:finally:request', e => {
    if (e.detail.ctx.row) e.detail.ctx.row.ariaBusy = null
  })
  const lost = (text, { form, submitter }) => warn(text + ' Nothing was saved; what you typed is kept.', button('Try again', () => {
    bar.remove()
    form.requestSubmit(submitter?.isConnected ? submitter : null)
  }))
  on('htmx:error', e => e.detail.ctx?.request.form && lost('Slipway could not be reached.', e.detail.ctx.request))
  on('htmx:response:error', e => {
    const { response: { status }, request } = e.detail.ctx
    if (status === 401) warn('You are signed out. Nothing was saved; what you typed is kept.', link('Sign in again'))
    else if (status === 403) warn('You may not do this. Nothing was changed.', '')
    else if (status === 404) warn('This is no longer here.', link('Reload'))
    else if (status === 429 || status > 499) lost('Slipway could not do this just now.', request)
  })

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

  // Back and forward may bring a list out of the browser's store as it once was: have it looked at again.
  if ($('[data-row]') && performance.getEntriesByType('navigation')[0]?.type === 'back_forward') location.reload()

  for (const b of all('[data-keys]')) b.hidden = false
  // What was sent last was kept; its form may stand on another page, or come back only much later.
  if ($('[data-saved]')) delete drafts[drafts.sent]
  all('form[data-draft]').forEach(restore)
  for (const form of all('.seg')) if (drafts[key(form)]) edit(rowOf(form), 1)
})()
