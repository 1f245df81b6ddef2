/** What happens to a table when a profile, or a team, is erased. */
export interface PersonalData {
  /** `row`: the rows of the profile are deleted. `emptied`: these columns of its rows. `team`: with the team alone. `kept`: never. */
  erased: 'row' | 'emptied' | 'team' | 'kept'
  /** Columns that are emptied where the row stays. */
  emptied?: string
  /** Why something stays. */
  keeps?: string
  /** Every column. A test fails where the database has another. */
  columns: string
}

/** Every table and column, and what an erasure does with it. data.md is this table. */
export const personalData: Readonly<Record<string, PersonalData>> = {
  api_keys: { erased: 'team', columns: 'team_id id name scope hash hint expires_at revoked_at created_at' },
  audit: {
    erased: 'emptied',
    emptied: 'before after',
    keeps: 'who did what to which thing, and when',
    columns: 'team_id id actor action subject before after request_id created_at',
  },
  bundle_accounts: {
    erased: 'row',
    columns:
      'team_id bundle_id status username visible_name biography profile_picture_url link_in_bio niche_warming_instructions picture_id submission feedback configured_at in_review_at finalized_at updated_at',
  },
  bundles: {
    erased: 'row',
    columns:
      'team_id id bundle_type platform country owner title videos_quantity niche_warming auto_finalize_videos external_ref status profile_id manager_id debit_id credits_charged published_at accepted_at finalized_at completed_at canceled_at created_at updated_at',
  },
  chores: {
    erased: 'kept',
    keeps: 'numbers of the whole server, and Croft’s own errors',
    columns: 'name began_at ended_at removed_rows removed_bytes failures failed_at error',
  },
  credit_balances: { erased: 'kept', keeps: 'the ledger', columns: 'team_id balance updated_at' },
  credit_entries: {
    erased: 'kept',
    keeps: 'the ledger; its texts are Croft’s own and hold ids alone',
    columns: 'team_id seq id type amount balance_after description refers_to created_at',
  },
  deliveries: {
    erased: 'row',
    columns:
      'team_id id endpoint_id event_id task_id url body status tries next_try_at created_at ended_at lane type tries_before',
  },
  delivery_tries: { erased: 'row', columns: 'team_id delivery_id n status error response duration_ms created_at' },
  edit_requests: {
    erased: 'row',
    columns:
      'team_id id profile_id manager_id status requested_username requested_visible_name requested_biography requested_profile_picture_url requested_link_in_bio picture_id feedback credits_cost debit_id in_review_at created_at updated_at finalized_at submission',
  },
  event_fan_out: { erased: 'kept', keeps: 'a place in the order of events', columns: 'one xid seq' },
  events: {
    erased: 'emptied',
    emptied: 'data',
    keeps: 'its place in the order, and that something happened',
    columns: 'team_id seq xid id type data created_at',
  },
  file_claims: { erased: 'kept', keeps: 'hashes of files; deleted within the hour', columns: 'hash id deleting until' },
  idempotency_keys: {
    erased: 'emptied',
    emptied: 'body headers',
    keeps: 'that the key was used; deleted after 24 hours',
    columns: 'team_id key fingerprint holder lease_until status headers body created_at',
  },
  manager_keys: {
    erased: 'kept',
    keeps: 'a hash and four characters; deleted with the last team that the manager serves',
    columns: 'manager_id id hash hint revoked_at created_at',
  },
  manager_teams: { erased: 'team', columns: 'manager_id team_id created_at' },
  managers: {
    erased: 'team',
    emptied: 'name',
    keeps: 'what orders and audit rows refer to; a manager who serves another team keeps the name',
    columns: 'id name deactivated_at created_at',
  },
  media: { erased: 'row', columns: 'team_id id token kind files info size source_url created_at used_at' },
  migrations: { erased: 'kept', keeps: 'the schema’s own', columns: 'number name breaking ran_at' },
  orders: { erased: 'row', columns: 'team_id id profile_id manager_id bundle_id status created_at ended_at' },
  phones: { erased: 'row', columns: 'team_id id name driver created_at' },
  posts: {
    erased: 'row',
    columns:
      'team_id id profile_id driver status media_type media_url media_version media_id prepare_at prepare_claim prepare_faults prepare_lease prepare_tries sound_id title description is_live privacy_level is_ai_generated is_commercial execute_at webhook_url warnings failure post_url platform_post_id published_at created_at updated_at inspections_cut',
  },
  profile_counts: { erased: 'team', columns: 'team_id platform count' },
  profiles: {
    erased: 'row',
    columns:
      'team_id id platform driver profile_name username email_auth_method bio picture_id status phone_id provisioned_at setup_tries runs_completed first_run_at last_run_ended_at ready_at pacing_max_per_day pacing_min_gap_ms failure created_at updated_at display_name name_changed_at not_applied link_in_bio labels warmup_interval_ms warmup_maintenance_ms warmup_runs warmup_session_ms warmup_span_ms',
  },
  rate_windows: { erased: 'team', columns: 'team_id route seconds counts' },
  review_failures: { erased: 'row', columns: 'team_id subject_id position failures next_at' },
  sandbox_accounts: {
    erased: 'row',
    columns: 'id platform username session display_name bio picture_url signed_in_at updated_at',
  },
  sandbox_faults: { erased: 'row', columns: 'id team_id profile_id call fault remaining created_at' },
  sandbox_posts: {
    erased: 'row',
    columns: 'id account_id upload_id ref kind media title description sound_id created_at live_at visible_from',
  },
  sandbox_uploads: { erased: 'row', columns: 'id account_id kind media created_at' },
  task_steps: { erased: 'row', columns: 'team_id task_id run name once began_at ended_at result content' },
  tasks: {
    erased: 'row',
    columns:
      'team_id id profile_id kind status run_at run tries claim claimed_by lease_until resume_at input result failure started_at ended_at created_at updated_at content parked',
  },
  teams: {
    erased: 'team',
    emptied: 'name',
    keeps: 'what the ledger and the audit refer to',
    columns:
      'id name warmup_runs warmup_span_ms warmup_session_ms warmup_interval_ms warmup_maintenance_ms pacing_max_per_day pacing_min_gap_ms created_at updated_at',
  },
  timeline: { erased: 'row', columns: 'team_id profile_id id kind task_id task_kind from_status to_status reason created_at' },
  video_slots: {
    erased: 'row',
    columns:
      'team_id bundle_id position status media_type media_url media_version media_id media_checked_at media_problems title description sound_id target_publish_date submission post_url feedback configured_at in_review_at finalized_at updated_at inspections_cut prepare_at prepare_claim prepare_faults prepare_lease prepare_tries',
  },
  webhook_endpoint_secrets: { erased: 'team', columns: 'team_id endpoint_id id secret created_at expires_at' },
  webhook_endpoints: {
    erased: 'team',
    columns: 'team_id id url events description enabled disabled_reason failing_since from_xid created_at updated_at',
  },
  webhook_lanes: { erased: 'team', columns: 'team_id id due_at rest_until failures holder held_until' },
  webhook_secrets: { erased: 'team', columns: 'team_id id secret created_at expires_at' },
  work_items: {
    erased: 'row',
    columns:
      'team_id id kind status bundle_id position profile_id edit_request_id task_id manager_id holder_id claimed_until due_at instructions values media feedback submission created_at updated_at',
  },
  workers: { erased: 'kept', keeps: 'the processes of this server', columns: 'id role host pid started_at polled_at' },
}
