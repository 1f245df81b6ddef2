import type pg from 'pg'
import { copyStatement } from './copies.ts'
import { idSql } from './ids.ts'

type Client = Pick<pg.ClientBase, 'query'>

export interface Posts {
  /** A post that Croft accepted and prepared, and that waits for its time: the others are copies of it. */
  like: { teamId: string; id: string }
  first: number
  count: number
  /** The posts go to these in turn. */
  profiles: { first: number; count: number }
  /** When each is due: an expression over `n`. */
  due: string
  /** Which of them are published long since: a condition over `n`. */
  published?: string
  /** The schema of the tables that are filled, if not Croft's own. */
  schema?: string
}

type Kind = Omit<Posts, 'first' | 'count'>

const profileOf = ({ profiles: { first, count } }: Kind) => idSql('profile', `${first} + n % ${count}`)

/** Writes the posts' own rows, as Croft leaves a scheduled post once its media is checked. */
function postRows(client: Client, posts: Kind): Promise<string> {
  const { due, published = 'false', schema = 'public' } = posts
  const columns = {
    id: idSql('post', 'n'),
    profile_id: profileOf(posts),
    status: `case when ${published} then 'published' else l.status end`,
    execute_at: due,
    run_at: due,
    post_url: `case when ${published} then '/sandbox/video/' || n end`,
    platform_post_id: `case when ${published} then n::text end`,
    published_at: `case when ${published} then ${due} end`,
    ended_at: `case when ${published} then ${due} end`,
  }
  return copyStatement(client, { from: 'public.posts', into: `${schema}.posts`, columns })
}

/** Writes the tasks of the posts. Where a post and its task are one row there is nothing to copy. */
function taskRows(client: Client, posts: Kind): Promise<string> {
  const { due, published = 'false', schema = 'public' } = posts
  const columns = {
    id: idSql('post', 'n'),
    profile_id: profileOf(posts),
    status: `case when ${published} then 'done' else l.status end`,
    run_at: due,
    ended_at: `case when ${published} then ${due} end`,
  }
  return copyStatement(client, { from: 'public.tasks', into: `${schema}.tasks`, columns })
}

/** @returns writes so many posts from this number on */
export async function postFiller(client: Client, posts: Kind): Promise<(first: number, count: number) => Promise<void>> {
  const texts = [await taskRows(client, posts), await postRows(client, posts)]
  const { teamId, id } = posts.like
  return async (first, count) => {
    const values = [teamId, id, first, first + count - 1]
    for (const text of texts) await client.query(text, values)
  }
}

/** Writes posts that wait, or that are published long since. In a transaction they come due all at once, when it commits. */
export async function fillPosts(client: Client, posts: Posts): Promise<void> {
  const fill = await postFiller(client, posts)
  await fill(posts.first, posts.count)
}
