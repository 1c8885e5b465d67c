namespace Patron.Linking.Timeline;

/// <summary>
/// The statement of the timeline. Each source reads its newest entries before the cursor along an index that ends in the time, so that ten
/// thousand entries cost the same as a hundred; the union is at most eight pages, which are sorted. Parameters: organization, record,
/// account, when the account's entries begin, whether the caller sees sign-ins, the cursor, the number of rows, the kinds.
/// </summary>
internal static class TimelineSql
{
    private const string KindOfRecordEntry = """
        CASE WHEN a.action IN ('customer.address_added', 'customer.address_changed', 'customer.address_removed') THEN 'address'
            WHEN a.action IN ('customer.linked', 'customer.followed_account', 'customer.set_aside') THEN 'link'
            WHEN a.action IN ('customer.merged', 'customer.absorbed', 'customer.unmerged') THEN 'merge'
            WHEN a.action LIKE 'customer.comment%' THEN 'comment'
            WHEN a.action IN ('customer.invited', 'customer.invitation_declined') THEN 'invitation'
            WHEN a.action = 'customer.signed_in' THEN 'sign_in' ELSE 'record' END
        """;

    private const string KindOfAccountEntry = "CASE WHEN a.action LIKE 'session.%' THEN 'sign_in' ELSE 'account' END";

    // The record and all that were merged into it: their entries stay under their own uids. Rows that a merge moves are the record's.
    // Comments and withdrawn requests have rows of their own.
    private static readonly string RecordEntries = $"""
        (SELECT e.* FROM subjects s CROSS JOIN LATERAL (
            SELECT 1 AS source, a.id, a.at, {KindOfRecordEntry} AS kind, a.action, a.subject_id, a.actor_user_id, a.actor_key_id, a.cause,
                a.before, a.after, a.address, a.user_agent, NULL::uuid AS comment, NULL AS text, NULL AS state,
                NULL::timestamptz AS state_at
            FROM shared.audit_entries a
            WHERE a.subject_id = s.uid AND a.at <= $6 AND (a.at, 1, a.id) < ($6, $7, $8) AND a.organization_id = $1
                AND a.action NOT IN ('customer.comment_added', 'customer.change_request_withdrawn') AND ({KindOfRecordEntry}) = ANY ($10)
            ORDER BY a.at DESC, a.id DESC LIMIT $9) e)
        """;

    // Of an account, other organizations see what they could see on the linked record, from the link on.
    private static readonly string AccountEntries = $"""
        (SELECT 2, a.id, a.at, {KindOfAccountEntry}, a.action, a.subject_id, a.actor_user_id, a.actor_key_id, a.cause,
            a.before, a.after, a.address, a.user_agent, NULL::uuid, NULL, NULL, NULL::timestamptz
        FROM shared.audit_entries a
        WHERE a.subject_id = $3 AND a.at <= $6 AND (a.at, 2, a.id) < ($6, $7, $8) AND a.at >= $4
            AND ($5 OR a.action IN ('account.changed', 'account.activated', 'account.disabled', 'account.enabled', 'email.verified'))
            AND ({KindOfAccountEntry}) = ANY ($10)
        ORDER BY a.at DESC, a.id DESC LIMIT $9)
        """;

    private const string Consents = """
        (SELECT 3, k.id, k.at, 'consent', CASE WHEN k.value THEN 'consent.given' ELSE 'consent.withdrawn' END, k.customer_uid,
            k.actor_user_id, k.actor_key_id, NULL, NULL::jsonb, jsonb_build_object(k.kind, k.value), NULL, NULL, NULL::uuid, k.wording,
            CASE WHEN k.is_migration THEN 'migration' WHEN k.is_registration THEN 'registration' ELSE k.source END, NULL::timestamptz
        FROM customers.consents k
        WHERE k.organization_id = $1 AND k.customer_uid = $2 AND k.at <= $6 AND (k.at, 3, k.id) < ($6, $7, $8) AND 'consent' = ANY ($10)
        ORDER BY k.at DESC, k.id DESC LIMIT $9)
        """;

    // Of an offer to an address nobody may learn whether there is an account, until it is linked. A record has few offers.
    private const string Offers = """
        (SELECT 4, o.id, o.made_at, 'offer', 'offer.made', o.customer_uid, o.made_by, NULL::uuid, NULL, NULL::jsonb, NULL::jsonb, NULL,
            NULL, NULL::uuid, NULL, o.state, o.answered_at
        FROM customers.offers o
        WHERE o.customer_uid = $2 AND o.organization_id = $1 AND (o.made_at, 4, o.id) < ($6, $7, $8) AND 'offer' = ANY ($10)
            AND (o.named_by = 'user' OR o.state = 'linked')
        ORDER BY o.made_at DESC, o.id DESC LIMIT $9)
        UNION ALL
        (SELECT 5, o.id, o.answered_at, 'offer', 'offer.' || o.state, o.customer_uid,
            CASE WHEN o.state IN ('linked', 'declined') THEN o.user_id END, NULL::uuid, NULL, NULL::jsonb, NULL::jsonb, NULL, NULL,
            NULL::uuid, NULL, o.state, NULL::timestamptz
        FROM customers.offers o
        WHERE o.customer_uid = $2 AND o.organization_id = $1 AND o.answered_at IS NOT NULL AND (o.answered_at, 5, o.id) < ($6, $7, $8)
            AND 'offer' = ANY ($10) AND (o.named_by = 'user' OR o.state = 'linked')
        ORDER BY o.answered_at DESC, o.id DESC LIMIT $9)
        """;

    private const string Requests = """
        (SELECT 6, r.id, r.asked_at, 'request', 'request.asked', r.customer_uid, r.asked_by, NULL::uuid, NULL, NULL::jsonb,
            jsonb_build_object(r.field, r.value), NULL, NULL, NULL::uuid, NULL, r.answer, r.answered_at
        FROM customers.change_requests r
        WHERE r.organization_id = $1 AND r.customer_uid = $2 AND r.asked_at <= $6 AND (r.asked_at, 6, r.id) < ($6, $7, $8)
            AND 'request' = ANY ($10)
        ORDER BY r.asked_at DESC, r.id DESC LIMIT $9)
        UNION ALL
        (SELECT 7, r.id, r.answered_at, 'request', 'request.' || r.answer, r.customer_uid, r.answered_by, NULL::uuid, NULL, NULL::jsonb,
            jsonb_build_object(r.field, r.value), NULL, NULL, NULL::uuid, NULL, r.answer, NULL::timestamptz
        FROM customers.change_requests r
        WHERE r.organization_id = $1 AND r.customer_uid = $2 AND r.answered_at IS NOT NULL AND r.answer <> 'replaced'
            AND (r.answered_at, 7, r.id) < ($6, $7, $8) AND 'request' = ANY ($10)
        ORDER BY r.answered_at DESC, r.id DESC LIMIT $9)
        """;

    private const string Comments = """
        (SELECT 8, c.id, c.created_at, 'comment', 'comment.added', c.customer_uid, c.author_user_id, c.author_key_id, NULL, NULL::jsonb,
            NULL::jsonb, NULL, NULL, c.uid, c.text, CASE WHEN c.edited_at IS NOT NULL THEN 'edited' END, c.edited_at
        FROM customers.comments c
        WHERE c.organization_id = $1 AND c.customer_uid = $2 AND c.created_at <= $6 AND (c.created_at, 8, c.id) < ($6, $7, $8)
            AND c.deleted_at IS NULL AND 'comment' = ANY ($10)
        ORDER BY c.created_at DESC, c.id DESC LIMIT $9)
        """;

    private const string MailColumns = """
        m.id, m.queued_at, 'mail', 'mail.' || m.kind, coalesce(m.customer_uid, m.user_id), NULL::uuid, NULL::uuid, NULL, NULL::jsonb,
        NULL::jsonb, NULL, NULL, NULL::uuid, NULL, m.state, m.state_at
        """;

    // A mail to an account about a record is in one of the two.
    private const string Mails = $"""
        (SELECT e.* FROM subjects s CROSS JOIN LATERAL (
            SELECT 9, {MailColumns} FROM shared.mail_log m
            WHERE m.customer_uid = s.uid AND m.queued_at <= $6 AND (m.queued_at, 9, m.id) < ($6, $7, $8) AND m.organization_id = $1
                AND 'mail' = ANY ($10)
            ORDER BY m.queued_at DESC, m.id DESC LIMIT $9) e)
        UNION ALL
        (SELECT 10, {MailColumns} FROM shared.mail_log m
        WHERE m.user_id = $3 AND m.customer_uid IS NULL AND m.queued_at <= $6 AND (m.queued_at, 10, m.id) < ($6, $7, $8) AND $5
            AND 'mail' = ANY ($10)
        ORDER BY m.queued_at DESC, m.id DESC LIMIT $9)
        """;

    public static string Page { get; } = $"""
        WITH subjects AS (
            SELECT $2::uuid AS uid UNION ALL SELECT uid FROM customers.absorbed WHERE organization_id = $1 AND merged_into = $2)
        SELECT t.source, t.id, t.at, t.kind, t.action, t.subject_id, t.actor_user_id, t.actor_key_id, t.cause, t.before::text,
            t.after::text, t.address, t.user_agent, t.comment, t.text, t.state, t.state_at,
            coalesce(k.name, nullif(btrim(concat(u.first_name, ' ', u.last_name)), ''))
        FROM ({string.Join("\nUNION ALL\n", RecordEntries, AccountEntries, Consents, Offers, Requests, Comments, Mails)}
            ORDER BY at DESC, source DESC, id DESC LIMIT $9) t
        LEFT JOIN accounts.api_keys k ON k.id = t.actor_key_id
        LEFT JOIN accounts.users u ON u.id = t.actor_user_id
        ORDER BY t.at DESC, t.source DESC, t.id DESC
        """;
}
