using Patron.Shared.Database;

namespace Patron.Demo;

/// <summary>
/// Moves what the demo made a moment ago into the past: two years of customers, a month of sign-ins, invitations in every state, earlier
/// runs of the sync, and a mail that was given up. Only the demo writes its database by SQL like this: no use case makes a past.
/// Parameters: the home organization, now.
/// </summary>
internal static class DemoHistory
{
    // By a hash of the code, which is the same at every start. More customers came lately than two years ago.
    private const string Customers = """
        UPDATE customers.customers c SET created_at = t.at, customer_since = t.at, updated_at = t.at,
            linked_at = CASE WHEN c.linked_at IS NOT NULL THEN t.linked END,
            email_verified_at = CASE WHEN c.email_verified_at IS NOT NULL THEN t.linked END
        FROM (
            SELECT uid, at, at + ($2::timestamptz - at) * later AS linked
            FROM (
                SELECT uid, abs(hashtext(code || 'l')) % 900 / 1000.0 AS later,
                    $2::timestamptz - interval '3 hours' - interval '728 days'
                        * CASE WHEN id % 10 < 3 THEN part ELSE 1 - sqrt(part) END AS at
                FROM (SELECT *, abs(hashtext(code)) % 10000 / 10000.0 AS part FROM customers.customers WHERE organization_id = $1) h) s) t
        WHERE c.uid = t.uid
        """;

    private const string RecordEntries = """
        UPDATE shared.audit_entries a SET at = CASE
            WHEN a.action = 'customer.created' THEN c.created_at
            WHEN a.action = 'customer.synced' THEN c.created_at + interval '10 minutes'
            WHEN a.action = 'customer.changed' AND a.cause IS NULL
                THEN c.created_at + ($2::timestamptz - c.created_at) * (abs(hashtext(c.code || 'c')) % 1000 / 1000.0)
            WHEN c.linked_at IS NOT NULL THEN c.linked_at
            ELSE a.at END
        FROM customers.customers c
        WHERE a.subject_id = c.uid AND a.organization_id = $1 AND c.organization_id = $1 AND a.action IN (
            'customer.created', 'customer.synced', 'customer.changed', 'customer.linked', 'customer.followed_account',
            'customer.email_verified') AND (a.cause IS NULL OR a.cause LIKE 'sync:%')
        """;

    private const string Consents = """
        UPDATE customers.consents k SET at = c.created_at FROM customers.customers c
        WHERE k.customer_uid = c.uid AND c.organization_id = $1
        """;

    private const string Accounts = """
        WITH linked AS (SELECT user_id, linked_at FROM customers.customers WHERE organization_id = $1 AND user_id IS NOT NULL),
        members AS (UPDATE accounts.memberships m SET since = l.linked_at FROM linked l WHERE m.user_id = l.user_id),
        entries AS (
            UPDATE shared.audit_entries a SET at = l.linked_at FROM linked l
            WHERE a.subject_id = l.user_id AND a.action = 'account.imported')
        UPDATE accounts.users u SET created_at = l.linked_at, updated_at = l.linked_at, email_confirmed_at = l.linked_at
        FROM linked l WHERE u.id = l.user_id
        """;

    private const string CommentsAndRequests = """
        WITH moved AS (
            UPDATE customers.comments SET created_at = $2::timestamptz - id * interval '31 hours' WHERE organization_id = $1
            RETURNING uid, created_at, customer_uid),
        requests AS (
            UPDATE customers.change_requests SET asked_at = $2::timestamptz - (id % 5) * interval '29 hours' - interval '2 hours'
            WHERE organization_id = $1)
        UPDATE shared.audit_entries a SET at = m.created_at FROM moved m
        WHERE a.subject_id = m.customer_uid AND a.action = 'customer.comment_added' AND a.after::text LIKE '%' || m.uid || '%'
        """;

    // The finished ones five weeks and nine days ago; the preview can be confirmed for a month instead of an hour.
    private const string Jobs = """
        WITH moved AS (
            UPDATE customers.jobs j SET created_at = t.at, confirmed_at = t.at + interval '3 minutes',
                finished_at = t.at + interval '4 minutes'
            FROM (
                SELECT id, uid, $2::timestamptz - CASE WHEN id = min(id) OVER () THEN interval '35 days' ELSE interval '9 days' END AS at
                FROM customers.jobs WHERE organization_id = $1 AND state = 'applied') t
            WHERE j.id = t.id RETURNING j.id, j.uid, t.at),
        kept AS (
            UPDATE customers.jobs SET expires_at = $2::timestamptz + interval '30 days' WHERE organization_id = $1 AND state = 'ready')
        UPDATE shared.audit_entries a SET at = greatest(
            m.at + interval '4 minutes', (SELECT c.created_at + interval '1 minute' FROM customers.customers c WHERE c.uid = a.subject_id))
        FROM moved m WHERE a.cause = 'job:' || m.id
        """;

    private const string MergeAndOffer = """
        WITH offers AS (
            UPDATE customers.offers SET made_at = $2::timestamptz - interval '28 days', expires_at = $2::timestamptz + interval '2 days'
            WHERE organization_id = $1 AND state = 'offered'),
        merges AS (
            UPDATE customers.merges SET made_at = $2::timestamptz - interval '3 days' WHERE organization_id = $1
            RETURNING id, absorbed_uid, survivor_uid),
        absorbed AS (
            UPDATE customers.absorbed SET merged_at = $2::timestamptz - interval '3 days' WHERE organization_id = $1)
        UPDATE shared.audit_entries a SET at = $2::timestamptz
            - CASE WHEN a.action = 'customer.created' THEN interval '80 days' ELSE interval '3 days' END
        FROM merges m WHERE a.subject_id = m.absorbed_uid OR a.cause = 'merge:' || m.id
            OR (a.subject_id = m.survivor_uid AND a.action = 'customer.merged')
        """;

    // Most customers of the ERP were invited; whoever has an account came. Two invitations end within three days.
    private const string Invitations = """
        WITH chosen AS (
            SELECT c.uid, c.user_id IS NOT NULL AS came, c.linked_at, abs(hashtext(c.code || 'i')) % 100 AS part,
                row_number() OVER (PARTITION BY c.user_id IS NULL ORDER BY c.code) AS place
            FROM customers.customers c
            WHERE c.organization_id = $1 AND c.erp_id IS NOT NULL AND c.email_key IS NOT NULL AND NOT c.is_deleted
                AND c.email NOT LIKE 'tom@%'),
        invited AS (
            SELECT uid, came, place, part, CASE
                WHEN came THEN linked_at - interval '2 days'
                WHEN place <= 2 THEN $2::timestamptz - interval '5 days' - place * interval '1 hour'
                WHEN part < 12 THEN $2::timestamptz - interval '2 days' ELSE $2::timestamptz - (9 + part) * interval '1 day' END AS at
            FROM chosen WHERE came OR place <= 2 OR part < 62),
        added AS (
            INSERT INTO accounts.activation_invitations (
                customer_uid, invited_at, invited_by, mails, last_mailed_at, due_at, came_at, withdrawn_at, declined_at)
            SELECT uid, at, (SELECT id FROM accounts.users WHERE normalized_email = 'maria@demo.example'),
                CASE WHEN came OR place <= 2 OR part >= 4 THEN 1 ELSE 0 END, CASE WHEN came OR place <= 2 OR part >= 4 THEN at END,
                CASE WHEN NOT came AND place > 2 AND part < 4 THEN $2::timestamptz + interval '20 days' END,
                CASE WHEN came THEN at + interval '2 days' END,
                CASE WHEN NOT came AND place > 2 AND part IN (60, 61) THEN at + interval '1 day' END,
                CASE WHEN NOT came AND place > 2 AND part = 59 THEN at + interval '1 day' END
            FROM invited ON CONFLICT DO NOTHING RETURNING customer_uid, invited_at, mails, invited_by),
        entries AS (
            INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, actor_user_id, address)
            SELECT invited_at, 'customer.invited', 'customer', customer_uid, $1, invited_by, 'local' FROM added)
        INSERT INTO shared.mail_log (uid, kind, customer_uid, organization_id, state, queued_at, state_at, attempts)
        SELECT gen_random_uuid(), 'customer_invitation', customer_uid, $1, 'sent', invited_at, invited_at + interval '2 seconds', 1
        FROM added WHERE mails > 0 AND invited_at > $2::timestamptz - interval '90 days'
        """;

    // Each person signs in on some days, less often on weekends.
    private const string SignIns = """
        WITH days AS (SELECT date_trunc('day', $2::timestamptz) - n * interval '1 day' AS day FROM generate_series(0, 29) n),
        signed AS (
            SELECT c.user_id, c.uid, t.at, '198.51.100.' || abs(hashtext(c.code)) % 250 + 1 AS address
            FROM customers.customers c CROSS JOIN days d CROSS JOIN LATERAL (
                SELECT d.day + interval '7 hours' + abs(hashtext(c.code || d.day::text)) % 800 * interval '1 minute' AS at) t
            WHERE c.organization_id = $1 AND c.user_id IS NOT NULL AND c.linked_at < d.day AND t.at < $2
                AND abs(hashtext(c.code || 'd' || d.day::text)) % 100 < CASE WHEN extract(isodow FROM d.day) > 5 THEN 3 ELSE 9 END),
        sessions AS (
            INSERT INTO accounts.sessions (
                id, user_id, created_at, last_used_at, expires_at, ended_at, end_reason, address, user_agent)
            SELECT gen_random_uuid(), user_id, at, at + interval '4 minutes', at + interval '30 days', at + interval '5 minutes', 'ended',
                address,
                'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
            FROM signed),
        entries AS (
            INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, actor_user_id, address, user_agent)
            SELECT at, 'session.started', 'account', user_id, user_id, address,
                'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
            FROM signed)
        UPDATE customers.customers c SET last_login_at = s.at FROM (SELECT uid, max(at) AS at FROM signed GROUP BY uid) s
        WHERE c.uid = s.uid
        """;

    private const string GivenUpMail = """
        WITH entry AS (
            INSERT INTO shared.mail_log (uid, kind, customer_uid, organization_id, state, queued_at, state_at, attempts)
            SELECT gen_random_uuid(), 'customer_invitation', uid, $1, 'given_up', $2::timestamptz - interval '2 days',
                $2::timestamptz - interval '5 hours', 15
            FROM customers.customers WHERE organization_id = $1 AND email = 'partner5@demo.example' RETURNING uid, queued_at)
        INSERT INTO shared.outbox_messages (kind, payload, created_at, due_at, attempts, last_error, mail_uid)
        SELECT 'mail', jsonb_build_object('To', 'partner5@demo.example', 'Subject', 'Set up your account',
            'Text', 'Your account with Demo Company is waiting for you.'), queued_at, queued_at, 15,
            'The mail server of demo.example did not answer.', uid
        FROM entry
        """;

    // Its trigger puts the item into the inbox.
    private const string GiveUp = "UPDATE shared.outbox_messages SET dead_at = $2::timestamptz - interval '5 hours' WHERE attempts = 15";

    private const string InboxItems = """
        UPDATE shared.inbox_items SET created_at = $2::timestamptz - (id * 7 % 160) * interval '1 hour'
        WHERE organization_id = $1 OR organization_id IS NULL
        """;

    private const string IsDone = "SELECT EXISTS (SELECT FROM accounts.activation_invitations)";

    // Parameters: now, the number of partners, the identity of the ERP.
    private const string EarlierRuns = """
        INSERT INTO erp.runs (
            state, mode, started_by, due_at, requested_at, started_at, finished_at, phase, read_partners, erp, error)
        SELECT CASE WHEN n = 5 THEN 'failed' ELSE 'succeeded' END, 'full', 'schedule', t, t, t, t + interval '38 seconds',
            CASE WHEN n = 5 THEN 'pages' ELSE 'done' END, CASE WHEN n = 5 THEN 400 ELSE $2 - n * 3 END, $3,
            CASE WHEN n = 5 THEN 'The ERP did not answer within a minute.' END
        FROM (
            SELECT n, date_trunc('day', $1::timestamptz) - n * interval '1 day' + interval '2 hours' AS t
            FROM generate_series(14, 1, -1) n) s
        WHERE NOT EXISTS (SELECT FROM erp.runs)
        """;

    private const string FiguresOfRuns = """
        UPDATE erp.runs r SET figures = f.figures || jsonb_build_object(
            'total', r.read_partners, 'created', 0, 'updated', 3, 'unchanged', r.read_partners - 8, 'conflicts', 5, 'adopted', '[]'::jsonb)
        FROM (SELECT figures FROM erp.runs WHERE started_by = 'command' ORDER BY id DESC LIMIT 1) f
        WHERE r.started_by = 'schedule' AND r.state = 'succeeded'
        """;

    /// <summary>Adds the runs of the last two weeks, before the first real one.</summary>
    public static Task AddRunsAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        services.GetRequiredService<DatabaseSession>().ExecuteAsync(
            EarlierRuns, cancellationToken, services.GetRequiredService<TimeProvider>().GetUtcNow(), (long)DemoPartners.All.Count,
            services.GetRequiredService<Erp.IErpConnector>().Identity);

    /// <summary>Moves everything else, in one transaction.</summary>
    public static async Task HandleAsync(IServiceProvider services, Guid home, CancellationToken cancellationToken)
    {
        var (database, now) = (services.GetRequiredService<DatabaseSession>(), services.GetRequiredService<TimeProvider>().GetUtcNow());
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await database.QueryAsync(IsDone, row => row.Flag(), cancellationToken) is [true])
        {
            return; // By a start that was interrupted later.
        }

        foreach (var sql in new[]
        {
            Customers, RecordEntries, Consents, Accounts, CommentsAndRequests, Jobs, MergeAndOffer, Invitations, SignIns, GivenUpMail,
            GiveUp, InboxItems, FiguresOfRuns,
        })
        {
            await database.ExecuteAsync(sql, cancellationToken, home, now);
        }

        await transaction.CommitAsync(cancellationToken);
    }
}
