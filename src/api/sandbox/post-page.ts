import { profilePath } from '../../drivers/sandbox/platform/paths.ts'
import type { postNumbered } from '../../drivers/sandbox/platform/index.ts'
import { html, type Html } from './html.ts'
import { avatar, moment, platformNames } from './parts.ts'
import { postScript } from './post-script.ts'
import type { Page } from './send.ts'

type Post = NonNullable<Awaited<ReturnType<typeof postNumbered>>>

const gone = html`<p class="gone">
  The file of this post cannot be loaded. Croft keeps the media of ended posts for a limited time.
</p>`

function video(post: Post): Html {
  const { urls, width, height } = post.media
  const size = width !== null && height !== null ? html`width="${width}" height="${height}"` : null
  return html`<video src="${urls[0] ?? ''}" ${size} controls playsinline preload="metadata" aria-label="The video"></video>`
}

function slides(post: Post): Html {
  const { urls } = post.media
  const slide = (url: string, i: number) =>
    html`<img src="${url}" alt="Slide ${i + 1} of ${urls.length}" loading="${i < 2 ? 'eager' : 'lazy'}" />`
  return html`<div class="slides" dir="ltr" tabindex="0" role="group" aria-label="Slides">${urls.map(slide)}</div>
    <div class="pager" dir="ltr">
      <button type="button" data-by="-1" aria-label="Previous slide">←</button><span role="status">1 / ${urls.length}</span
      ><button type="button" data-by="1" aria-label="Next slide">→</button>
    </div>`
}

/** A post: its video plays, its slides can be paged through. */
export function postPage(post: Post): Page {
  const { platform, username, live_at: liveAt } = post
  return {
    title: `${post.title || 'A post'} · @${username} · sandbox ${platformNames[platform]}`,
    media: [post.picture_url, ...post.media.urls],
    script: postScript,
    body: html`<div class="stage">${post.kind === 'video' ? video(post) : slides(post)}${gone}</div>
      <main class="${platform}">
        <a class="by" href="${profilePath(platform, username)}"
          >${avatar(post)}
          <div>
            <b><bdi>${post.display_name}</bdi></b
            ><span class="soft">@<bdi>${username}</bdi></span>
          </div></a
        >
        ${liveAt === null ? html`<p class="note"><span class="tag">Draft</span> <span class="soft">Seen by the owner alone until it is published.</span></p>` : null}
        ${post.title ? html`<h1 dir="auto">${post.title}</h1>` : null}
        ${post.description ? html`<p class="text" dir="auto">${post.description}</p>` : null}
        <dl class="facts">
          <dt>${liveAt === null ? 'Saved' : 'Published'}</dt>
          <dd>${moment(liveAt ?? post.created_at)}</dd>
          <dt>Sound</dt>
          <dd>♫ ${post.sound_id === null ? 'original sound' : html`<bdi>${post.sound_id}</bdi>`}</dd>
          <dt>Platform</dt>
          <dd>Sandbox ${platformNames[platform]}</dd>
          <dt>Post id</dt>
          <dd>${post.id}</dd>
        </dl>
      </main>`,
  }
}
