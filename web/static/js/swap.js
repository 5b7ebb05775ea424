// htmx: rows swap in place. Links inside a list stay plain links.
on('htmx:before:init', e => e.target.matches('a') && e.preventDefault())
on('htmx:before:request', e => {
  const row = rowOf(e.target), at = doc.activeElement
  e.detail.ctx.from = rowOf(at)?.id
  if (!row) return
  row.ariaBusy = true
  e.detail.ctx.row = row
  e.detail.ctx.at = row.contains(at) && `.seg [value=${JSON.stringify(at.value)}]`
})
const endOf = row => row.getBoundingClientRect().bottom
on('htmx:before:swap', e => {
  const { ctx } = e.detail
  if (ctx.row) ctx.end = endOf(ctx.row)
})
on('htmx:after:swap', e => {
  const { row: old, end, at, from, swap, response, request, target } = e.detail.ctx, row = old && doc.getElementById(old.id)
  equipAll()
  if (swap === 'none') return
  if (target?.id === 'said') {
    say($('#said').textContent)
    if (!doc.activeElement?.isConnected || doc.activeElement === doc.body || target.contains(e.target) || e.target.id === 'bulk' && !count()) (doc.getElementById(from) ? first(doc.getElementById(from)) : $('#said button') || $('.items a'))?.focus({ preventScroll: true })
  }
  if (!row) return
  // Neither a row that grew nor the chips above it move the next row from under the pointer.
  scrollBy(0, endOf(row) - end)
  if (at && doc.activeElement === doc.body) ($('textarea', row) || $(at, row) || first(row)).focus({ preventScroll: true })
  const ok = response.status < 300
  say(title(row) + ': ' + (ok ? (($('em', row) || pressed(row))?.textContent || 'open') + '. ' + $('#stage-progress')?.textContent : $('.ask', row) ? 'say why, then save' : 'not saved'))
  if (ok) drop(request.form)
  // Ticks that another change of the row found unsaved come back.
  if ($('.choose[data-draft]', row)) restore($('.choose', row))
  // What else the row could not save stays to be tried again.
  const box = $('.fail', old)
  if (box && box.path !== new URL(request.action, location).pathname) row.append(box)
  tally()
  old.next?.(row)
})
on('htmx:finally:request', e => {
  if (e.detail.ctx.row) e.detail.ctx.row.ariaBusy = null
})
// A failure stays in its row until it is made good; the bar counts them and tries all of them again.
const fails = () => all('.fail')
const tally = () => {
  const n = fails().length
  bar?.remove()
  if (n) warn(n + (n > 1 ? ' changes are' : ' change is') + ' not confirmed as saved.', button('Try all again', () => fails().forEach(box => box.again())))
}
const failed = ({ row, request, sourceElement }, why, sure, extra = '') => {
  const text = why + (sure ? ' Nothing was saved; what you typed is kept.' : ' This may or may not be saved; what you typed is kept.')
  if (!row?.isConnected) return warn(text, request.form ? button('Try again', () => {
    bar.remove()
    request.form.requestSubmit(request.submitter?.isConnected ? request.submitter : null)
  }) : extra)
  const fields = [...request.body], value = fields.find(f => f[0] === 'answer')?.[1]
  const what = $(`.seg [value="${value}"]`, row)?.textContent || 'The change'
  $('.fail', row)?.remove()
  if (sourceElement.closest('.ask')?.hidden) sourceElement.closest('.ask').remove()
  const box = make('div', { className: 'fail s-bad', role: 'alert' }, make('span', { className: 'badge' }, what + (sure ? ' is not saved. ' : ' may not be saved. ') + why), extra, button('Try again', () => box.again()))
  box.path = new URL(request.action, location).pathname
  box.again = () => {
    const form = request.form
    if (form.isConnected && !form.matches('.seg')) return form.requestSubmit(request.submitter)
    later(box.closest('li'), row => send(row, request.action, fields))
  }
  row.append(box)
  row.next = null
  tally()
}
on('htmx:error', e => e.detail.ctx?.request.form && failed(e.detail.ctx, 'Slipway could not be reached.'))
on('htmx:response:error', e => {
  const { ctx } = e.detail, { status, headers } = ctx.response
  if (status === 401) failed(ctx, 'You are signed out.', 1, make('a', { className: 'btn', href: '/login', target: '_blank' }, 'Sign in again'))
  else if (status === 403) failed(ctx, 'You may not do this.', 1)
  else if (status === 404) failed(ctx, 'This is no longer here.', 1, link('Reload'))
  else if (status === 429 || status > 499) failed(ctx, headers.has('X-Slipway-Outcome') ? 'The database did not answer.' : 'Slipway could not do this just now.', !headers.has('X-Slipway-Outcome'))
})
addEventListener('beforeunload', e => fails().length && e.preventDefault())
