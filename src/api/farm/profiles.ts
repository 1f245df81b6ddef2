import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { createProfile } from '../../domain/profiles/create.ts'
import { eraseProfile } from '../../domain/erasure/profile.ts'
import { deactivateProfile } from '../../domain/closing/deactivate.ts'
import { listProfiles } from '../../domain/profiles/list.ts'
import { retryProfile } from '../../domain/profiles/retry.ts'
import { updateProfile } from '../../domain/profiles/update.ts'
import { getProfileDetails } from '../../domain/profiles/details.ts'
import { ownPolicy, warmupInput } from '../common/warmup.ts'
import type { App } from '../http/app.ts'
import { id, nullable, object, oneOf, pageBody, pageOf, pageQuery, pageRequest, time, url, withExample } from '../http/shapes.ts'
import { profileExample, profileShape, profileStatus, presentProfile } from './profile-shape.ts'

const params = object({ profile_id: id })
const tags = ['Farm profiles']
const profile = withExample(profileShape, profileExample)

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
export function profileRoutes(app: App, ctx: Context): void {
  app.post(
    '/v1/farm-profiles',
    {
      schema: {
        summary: 'Create a farm profile',
        description:
          'Adds a profile that its owner signs in. Its setup starts at once: it sets the display name, bio and picture that are given, and reads and stores the others. `warmup` overrides the team’s policy for this profile. Follow `status`, or the event `profile.status_changed`.',
        tags,
        body: newProfile,
        response: { 201: profile },
      },
      config: { errors: [502, 507], dryRun: { hides: ['profile_id', 'created_at'] } },
    },
    ({ body }, reply) =>
      reply.carryOut(
        (unit) =>
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
        presentProfile,
      ),
  )
  app.get(
    '/v1/farm-profiles',
    {
      schema: {
        summary: 'List farm profiles, newest first',
        tags,
        querystring: pageQuery({ status: Type.Optional(profileStatus) }),
        response: { 200: pageOf(profileShape) },
      },
      config: { errors: [422] },
    },
    async ({ caller, query }) =>
      pageBody(await listProfiles(ctx, caller, pageRequest(query), { status: query.status }), presentProfile),
  )
  app.get(
    '/v1/farm-profiles/:profile_id',
    { schema: { summary: 'Get a farm profile', tags, params, response: { 200: profile } } },
    async ({ caller, params }) => presentProfile(await getProfileDetails(ctx, caller.teamId, params.profile_id)),
  )
  app.patch(
    '/v1/farm-profiles/:profile_id',
    {
      schema: {
        summary: 'Update a farm profile',
        description:
          'The stored values change at once; a `profile_edit` task applies them on the platform. The picture is downloaded during the request and stored by Croft.',
        tags,
        params,
        body: changes,
        response: { 200: profile },
      },
      config: { errors: [507], limit: 'farm-profile-update' },
    },
    ({ params, body }, reply) =>
      reply.carryOut(
        (unit) => updateProfile(unit, params.profile_id, { bio: body.bio, pictureUrl: body.profile_picture_url }),
        presentProfile,
      ),
  )
  profileActions(app)
}

function profileActions(app: App): void {
  app.post(
    '/v1/farm-profiles/:profile_id/deactivate',
    {
      schema: {
        summary: 'Deactivate a farm profile',
        description: 'Permanent. Posts that have not begun to publish and open tasks are canceled.',
        tags,
        params,
        response: { 200: profile },
      },
    },
    ({ params }, reply) => reply.carryOut((unit) => deactivateProfile(unit, params.profile_id), presentProfile),
  )
  app.delete(
    '/v1/farm-profiles/:profile_id',
    {
      schema: {
        summary: 'Erase a farm profile',
        description:
          'Permanent: the profile is deactivated, then deleted with everything that belongs to it, and every route returns 404 for it. ' +
          'The ledger stays; audit rows and events keep only what is not personal. If the request is interrupted, repeat it to continue.',
        tags,
        params,
        response: { 200: erasureShape },
      },
      config: { errors: [409] },
    },
    ({ params }, reply) =>
      reply.carryOut(
        (unit) => eraseProfile(unit, params.profile_id),
        (done) => ({ profile_id: done.id, erased_at: done.at.toISOString(), erased: done.erased, kept: done.kept }),
      ),
  )
  app.post(
    '/v1/farm-profiles/:profile_id/retry',
    { schema: { summary: 'Retry the setup of a retrying profile now', tags, params, response: { 200: profile } } },
    ({ params }, reply) => reply.carryOut((unit) => retryProfile(unit, params.profile_id), presentProfile),
  )
}
