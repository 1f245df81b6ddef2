import { postPath, profilePath } from '../../drivers/sandbox/platform/paths.ts'
import type { VisiblePost, accountNamed } from '../../drivers/sandbox/platform/index.ts'
import { html, type Html } from './html.ts'
import { avatar, counted, platformNames } from './parts.ts'
import type { Page } from './send.ts'

/** How many posts a page lists before it links to the older ones. */
export const postsOnPage = 60
const videosWithPicture = 12

type Account = NonNullable<Awaited<ReturnType<typeof accountNamed>>>

function cover(post: VisiblePost, place: number): Html | null {
  const url = post.media.urls[0] ?? ''
  if (post.kind === 'slideshow') return html`<img src="${url}" alt="" loading="lazy" />`
  // A browser loads the beginning of every video that it displays a picture of.
  return place < videosWithPicture
    ? html`<video src="${url}" preload="metadata" muted playsinline tabindex="-1" aria-hidden="true"></video>`
    : null
}

function tiles(account: Account, posts: readonly VisiblePost[]): Html {
  const tile = (post: VisiblePost, place: number) => {
    const mark = post.live_at === null ? 'Draft' : post.kind === 'slideshow' ? counted(post.media.urls.length, 'slide') : null
    return html`<li>
      <a href="${postPath(account.platform, account.username, post.id)}"
        >${cover(post, place)}${mark === null ? null : html`<em>${mark}</em>`}<span dir="auto"
          >${post.title || post.description || 'Untitled'}</span
        ></a
      >
    </li>`
  }
  return html`<ul class="grid">
    ${posts.map(tile)}
  </ul>`
}

/** A profile as its visitors see it, and below it the drafts, which only its owner would see. */
export function profilePage(
  account: Account,
  live: readonly VisiblePost[],
  drafts: readonly VisiblePost[],
  older: boolean,
): Page {
  const { platform, username, display_name: name, bio } = account
  const last = live.at(-1)
  return {
    title: `${name} (@${username}) · sandbox ${platformNames[platform]}`,
    media: [account.picture_url, ...[...live, ...drafts].map((post) => post.media.urls[0] ?? null)],
    body: html`<main class="${platform}">
      <section class="who">
        ${avatar(account)}
        <h1 dir="auto">${name}</h1>
        <p>@<bdi>${username}</bdi></p>
        <span class="tag">${platformNames[platform]}</span>
        ${bio ? html`<p class="text" dir="auto">${bio}</p>` : null}
      </section>
      <h2>Posts</h2>
      ${live.length > 0 ? tiles(account, live) : html`<p class="empty">Nothing has been posted yet.</p>`}
      ${older && last ? html`<a class="more" href="${profilePath(platform, username)}?before=${last.id}">Older posts</a>` : null}
      ${
        drafts.length > 0
          ? html`<h2>Drafts, seen by the owner alone</h2>
              ${tiles(account, drafts)}`
          : null
      }
    </main>`,
  }
}
