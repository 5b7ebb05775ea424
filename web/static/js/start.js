// Back and forward may bring a list out of the browser's store as it once was: have it looked at again.
// A page that the browser kept whole may be of somebody who has signed out since.
addEventListener('pageshow', e => e.persisted && location.reload())
if ($('.items [data-row]') && performance.getEntriesByType('navigation')[0]?.type === 'back_forward') location.reload()

// Paper cannot be unfolded. The style sheet unfolds where the browser knows how; here it is done for the others.
let folded = []
addEventListener('beforeprint', () => { for (const d of folded = all('main details:not([open])')) d.open = true })
addEventListener('afterprint', () => { for (const d of folded) d.open = false })

// Going back to the answer to a form would ask whether to send it again: have a page there instead.
if (at) history.replaceState(null, '', at)

// On a phone the line of a project's pages is longer than the screen: begin where the reader is. Newer browsers do so by the style sheet.
const here = $('.local [aria-current]')
if (here) here.parentElement.scrollLeft = here.offsetLeft - 90

equipAll()
const left = all('[data-row]')[history.state?.row]
if (left) first(left).focus()
for (const b of all('[data-keys]')) b.hidden = false
// What was sent last was kept; its form may stand on another page, or come back only much later.
if ($('[data-saved]')) delete drafts[drafts.sent]
all('form[data-draft]').forEach(restore)
for (const form of all('.items .seg')) if (drafts[key({ action: form.action, id: '' })]) edit(rowOf(form), 1)
// A long piece of work goes on from page to page, until it is done or somebody leaves.
$('[data-go]')?.requestSubmit()
