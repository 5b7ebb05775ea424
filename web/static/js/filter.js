// The list follows the filter while one types in it: the same page is asked for, and its list put in place.
let wait, asked
on('input', e => {
  const form = e.target.form
  if (!e.target.matches('[data-filter]') || !$('#list')) return
  clearTimeout(wait)
  wait = setTimeout(async () => {
    const url = form.action + '?' + new URLSearchParams([...new FormData(form)].filter(([, value]) => value))
    asked?.abort()
    asked = new AbortController()
    try {
      const answer = await fetch(url, { signal: asked.signal })
      if (!answer.ok || answer.redirected) throw 0
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      for (const id of ['list', 'chips']) $('#' + id).replaceWith(page.getElementById(id))
      if ($('#bulk')) $('#bulk').action = page.getElementById('bulk').action
      htmx.process($('#list'))
      history.replaceState(null, '', url)
      equipAll()
      say(all('[data-row]').length + ' items')
    } catch (err) {
      if (err.name !== 'AbortError') form.requestSubmit()
    }
  }, 250)
})
