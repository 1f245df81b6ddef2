import { Type, type Static } from 'typebox'
import type { WorkDetails } from '../../people/details.ts'
import { id, iso, nullable, object, oneOf, time } from '../http/shapes.ts'

/** An item of work, as its manager sees it. */
export const workShape = object({
  work_id: id,
  kind: oneOf('account_setup', 'video', 'edit_request', 'setup', 'warmup', 'profile_edit', 'publish'),
  status: oneOf('open', 'claimed', 'started', 'submitted', 'returned', 'done', 'canceled'),
  team_name: Type.String({ description: 'The team that the work belongs to.' }),
  bundle_id: nullable(id),
  position: nullable(Type.Integer({ description: 'For a bundle’s video: its slot.' })),
  profile_id: nullable(id),
  edit_request_id: nullable(id),
  task_id: nullable(id),
  phone: nullable(object({ phone_id: id, name: Type.String() })),
  due_at: time,
  claimed_until: nullable(time),
  instructions: Type.String({ description: 'Steps, one per line.' }),
  values: Type.Object({}, { additionalProperties: true, description: 'The values to set, by name.' }),
  media: Type.Array(object({ kind: Type.String(), url: Type.String() })),
  feedback: nullable(Type.String({ description: 'For returned work: what must be improved.' })),
  created_at: time,
  updated_at: time,
})

/** The wire form of a work item. */
export const presentWork = ({ row, teamName, phone }: WorkDetails): Static<typeof workShape> => ({
  work_id: row.id,
  kind: row.kind,
  status: row.status,
  team_name: teamName,
  bundle_id: row.bundle_id,
  position: row.position,
  profile_id: row.profile_id,
  edit_request_id: row.edit_request_id,
  task_id: row.task_id,
  phone: phone && { phone_id: phone.id, name: phone.name },
  due_at: row.due_at.toISOString(),
  claimed_until: iso(row.claimed_until),
  instructions: row.instructions,
  values: row.values,
  media: row.media,
  feedback: row.feedback,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})
