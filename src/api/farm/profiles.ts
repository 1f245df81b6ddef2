import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { createProfile } from '../../domain/profiles/create.ts'
import { eraseProfile } from '../../domain/erasure/profile.ts'
import { deactivateProfile } from '../../domain/closing/deactivate.ts'
import { listProfiles } from '../../domain/profiles/list.ts'
import { retryProfile } from '../../domain/profiles/retry.ts'
import { updateProfile } from '../../domain/profiles/update.ts'
import { getProfileView } from '../../domain/profiles/view.ts'
import { ownPolicy, warmupInput } from '../common/warmup.ts'
import { readRoute, writeRoute } from '../http/route.ts'
import { id, nullable, object, oneOf, pageBody, pageOf, pageQuery, pageRequest, time, url } from '../http/shapes.ts'
import { profileExample, profileShape, profileStatus, presentProfile } from './profile-shape.ts'

const params = object({ profile_id: id })
const common = { family: 'farm', tag: 'Farm profiles', response: profileShape, example: profileExample } as const

const newProfile = object({
  account_name: Type.Optional(
    nullable(Type.String({ minLength: 1, maxLength: 100, description: 'Croft’s own label; the username if omitted.' })),
  ),
  username: Type.String({ minLength: 1, maxLength: 30 }),
  display_name: Type.Optional(
    nullable(Type.String({ minLength: 1, maxLength: 100, description: 'Omitted: the account keeps its own.' })),
  ),
  email_auth_method: oneOf('google', 'outlook'),
  platform: Type.Optional(oneOf('tiktok', 'instagram')),
  bio: Type.Optional(nullable(Type.String({ maxLength: 150 }))),
  profile_picture_url: Type.Optional(nullable(url)),
  driver: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
  warmup: Type.Optional(warmupInput),
  labels: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 50 }), { maxItems: 20, uniqueItems: true })),
})

const counts = (description: string) => Type.Record(Type.String(), Type.Integer({ minimum: 0 }), { description })
const erasureShape = object({
  profile_id: id,
  erased_at: time,
  erased: counts('What was deleted, by kind.'),
  kept: counts('What stays without personal data, by kind.'),
})

const changes = object({
  bio: Type.Optional(
    nullable(Type.String({ maxLength: 150, description: 'New bio. Omitted or null: unchanged. Empty: cleared.' })),
  ),
  profile_picture_url: Type.Optional(nullable(url)),
})

/** Algorhythm's “Update a farm profile”, and the routes around it. */
export function farmProfileRoutes(app: FastifyInstance, ctx: Context): void {
  writeRoute(app, ctx, {
    ...common,
    method: 'POST',
    url: '/v1/farm-profiles',
    status: 201,
    summary: 'Create a farm profile',
    description:
      'Adds a profile that its owner signs in. Its setup starts at once: it sets the display name, bio and picture that are given, and reads and stores the others. `warmup` overrides the team’s policy for this profile. Follow `status`, or the event `profile.status_changed`.',
    body: newProfile,
    errors: [502, 507],
    made: ['profile_id', 'created_at'],
    write: (unit, { body }) =>
      createProfile(unit, {
        accountName: body.account_name ?? null,
        username: body.username,
        emailAuthMethod: body.email_auth_method,
        platform: body.platform ?? 'tiktok',
        displayName: body.display_name ?? null,
        bio: body.bio ?? null,
        warmup: ownPolicy(body.warmup),
        labels: body.labels ?? [],
        pictureUrl: body.profile_picture_url ?? null,
        ...(body.driver === undefined ? {} : { driver: body.driver }),
      }),
    present: (_, view) => presentProfile(view),
  })
  readRoute(app, ctx, {
    family: 'farm',
    tag: 'Farm profiles',
    url: '/v1/farm-profiles',
    summary: 'List farm profiles, newest first',
    query: pageQuery({ status: Type.Optional(profileStatus) }),
    response: pageOf(profileShape),
    errors: [422],
    read: async (_, caller, { query }) =>
      pageBody(await listProfiles(ctx, caller, pageRequest(query), { status: query.status }), presentProfile),
  })
  readRoute(app, ctx, {
    ...common,
    url: '/v1/farm-profiles/:profile_id',
    summary: 'Get a farm profile',
    params,
    read: async (_, caller, input) => presentProfile(await getProfileView(ctx, caller.teamId, input.params.profile_id)),
  })
  writeRoute(app, ctx, {
    ...common,
    method: 'PATCH',
    url: '/v1/farm-profiles/:profile_id',
    summary: 'Update a farm profile',
    description:
      'The stored values change at once; a `profile_edit` task applies them on the platform. The picture is downloaded during the request and stored by Croft.',
    params,
    body: changes,
    errors: [507],
    limitedAs: 'farm-profile-update',
    write: (unit, input) =>
      updateProfile(unit, input.params.profile_id, { bio: input.body.bio, pictureUrl: input.body.profile_picture_url }),
    present: (_, view) => presentProfile(view),
  })
  writeRoute(app, ctx, {
    ...common,
    method: 'POST',
    url: '/v1/farm-profiles/:profile_id/deactivate',
    summary: 'Deactivate a farm profile',
    description: 'Permanent. Posts that have not begun to publish and open tasks are canceled.',
    params,
    write: (unit, input) => deactivateProfile(unit, input.params.profile_id),
    present: (_, view) => presentProfile(view),
  })
  writeRoute(app, ctx, {
    family: 'farm',
    tag: 'Farm profiles',
    method: 'DELETE',
    url: '/v1/farm-profiles/:profile_id',
    summary: 'Erase a farm profile',
    description:
      'Permanent: the profile is deactivated, then deleted with everything that belongs to it, and every route returns 404 for it. ' +
      'The ledger stays; audit rows and events keep only what is not personal. If the request is interrupted, repeat it to continue.',
    params,
    response: erasureShape,
    errors: [409],
    write: (unit, input) => eraseProfile(unit, input.params.profile_id),
    present: (_, done) => ({ profile_id: done.id, erased_at: done.at.toISOString(), erased: done.erased, kept: done.kept }),
  })
  writeRoute(app, ctx, {
    ...common,
    method: 'POST',
    url: '/v1/farm-profiles/:profile_id/retry',
    summary: 'Retry the setup of a retrying profile now',
    params,
    write: (unit, input) => retryProfile(unit, input.params.profile_id),
    present: (_, view) => presentProfile(view),
  })
}
