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
const lost = (text, { form, submitter }) => warn(text + ' What you typed is kept.', button('Try again', () => {
  bar.remove()
  form.requestSubmit(submitter?.isConnected ? submitter : null)
}))
on('htmx:error', e => e.detail.ctx?.request.form && lost('Slipway could not be reached: this may or may not be saved.', e.detail.ctx.request))
on('htmx:response:error', e => {
  const { response: { status, headers }, request } = e.detail.ctx
  if (status === 401) warn('You are signed out. Nothing was saved; what you typed is kept.', link('Sign in again'))
  else if (status === 403) warn('You may not do this. Nothing was changed.', '')
  else if (status === 404) warn('This is no longer here.', link('Reload'))
  else if (status === 429 || status > 499) lost(headers.has('X-Slipway-Outcome') ? 'The database did not say whether this is saved.' : 'Slipway could not do this just now. Nothing was saved.', request)
})
