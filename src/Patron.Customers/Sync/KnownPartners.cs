using Npgsql;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Customers.Import;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Sync;

/// <summary>
/// Compares the ledger with the set of partners that the ERP has: what is new waits to be read, what is missing is gone. A customer whose partner
/// is gone is kept, and what the ERP owned is its own again (linking.md, 'Sync, ledger and figures').
/// </summary>
public sealed class KnownPartners(DatabaseSession session, TimeProvider time)
{
    /// <summary>Fewer may go at once without a question.</summary>
    private const int FewPartners = 20;

    // Those that are known are not even locked: they are nearly all.
    private const string UnseenSql = """
        INSERT INTO customers.erp_partners (partner_id, organization_id, state, is_active, first_seen_at, last_seen_at)
        SELECT id, $2, 'unseen', true, $3, $3 FROM unnest($1) id
        WHERE NOT EXISTS (SELECT FROM customers.erp_partners p WHERE p.partner_id = id AND p.is_in_erp)
        ON CONFLICT (partner_id) DO UPDATE SET is_in_erp = true, state = CASE WHEN erp_partners.state = 'erased' THEN 'erased' ELSE 'unseen' END
        WHERE NOT erp_partners.is_in_erp
        """;

    private const string GoneSql = """
        UPDATE customers.erp_partners SET is_in_erp = false, state = CASE WHEN state = 'erased' THEN 'erased' ELSE 'gone' END, reason = NULL
        WHERE partner_id > $2 AND partner_id <= $3 AND is_in_erp AND partner_id <> ALL ($1) RETURNING partner_id
        """;

    private const string MissingSql = """
        UPDATE customers.erp_partners SET is_in_erp = false, state = CASE WHEN state = 'erased' THEN 'erased' ELSE 'gone' END, reason = NULL
        WHERE partner_id = ANY ($1) RETURNING partner_id
        """;

    private static readonly string LeftSql = $"SELECT {CustomerStore.Columns} FROM customers.customers c WHERE c.organization_id = $2 AND c.erp_partner_id = ANY ($1) ORDER BY c.id FOR UPDATE";

    private const string UnreadSql =
        "SELECT partner_id FROM customers.erp_partners WHERE state IN ('unseen', 'error') AND partner_id > $1 ORDER BY partner_id LIMIT $2";

    /// <summary>A sentence where the ERP shows so few of the known partners that its answer is rather wrong than true; else null.</summary>
    public async Task<string?> DoubtAsync(long shown, CancellationToken cancellation)
    {
        var known = await CountAsync(cancellation);
        return known - shown > FewPartners && shown < known / 2
            ? $"Odoo shows {shown} partners of the {known} that are known here: probably the robot's rights have changed. Nothing was taken for deleted. If they are really gone, say so with --accept-losses."
            : null;
    }

    /// <summary>These are all partners with numbers above the one and up to the other. Errors: 400 where another process has taken the run over.</summary>
    public Task<Result<Done>> HandleAsync(
        Caller caller, SyncTicket ticket, IReadOnlyList<long> partners, (long Above, long UpTo) range, CancellationToken cancellation) =>
        WriteAsync(
            ticket,
            async now =>
            {
                long[] ids = [.. partners];
                await using var unseen = Command(UnseenSql, ids, caller.OrganizationId, now);
                await unseen.ExecuteNonQueryAsync(cancellation);
                await MarkGoneAsync(caller, Command(GoneSql, ids, range.Above, range.UpTo), now, cancellation);
            },
            cancellation);

    /// <summary>These partners were asked for and are not there. Errors as <see cref="HandleAsync"/>.</summary>
    public Task<Result<Done>> ForgetAsync(Caller caller, SyncTicket ticket, IReadOnlyList<long> missing, CancellationToken cancellation) =>
        WriteAsync(ticket, now => MarkGoneAsync(caller, Command(MissingSql, missing.ToArray()), now, cancellation), cancellation);

    /// <summary>How many partners are known and not gone.</summary>
    public Task<long> CountAsync(CancellationToken cancellation) => session.OnConnectionAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand("SELECT count(*) FROM customers.erp_partners WHERE is_in_erp", connection);
            return (long)(await command.ExecuteScalarAsync(cancellation))!;
        },
        cancellation);

    /// <summary>The next partners that are still to be read, or went wrong before.</summary>
    public Task<List<long>> UnreadAsync(long after, int limit, CancellationToken cancellation) => session.OnConnectionAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand(UnreadSql, connection);
            command.Parameters.AddWithValue(after);
            command.Parameters.AddWithValue(limit);
            return await IdsAsync(command, cancellation);
        },
        cancellation);

    private async Task<Result<Done>> WriteAsync(SyncTicket ticket, Func<DateTimeOffset, Task> write, CancellationToken cancellation)
    {
        await using var transaction = await session.BeginAsync(cancellation);
        if (!await ticket.HoldAsync(session.Connection, cancellation))
        {
            return TakePartners.TakenOver;
        }

        await write(time.GetDatabaseNow());
        return await transaction.CommitAsync(default(Done), cancellation);
    }

    private async Task MarkGoneAsync(Caller caller, NpgsqlCommand mark, DateTimeOffset now, CancellationToken cancellation)
    {
        List<long> gone;
        await using (mark)
        {
            gone = await IdsAsync(mark, cancellation);
        }

        if (gone.Count == 0)
        {
            return;
        }

        await using var command = Command(LeftSql, gone.ToArray(), caller.OrganizationId);
        var left = (await command.ReadAllAsync(CustomerStore.Read, cancellation)).ConvertAll(customer => Leave(customer, now));
        if (left.Count > 0)
        {
            await (await CustomerStaging.CreateAsync(session.Connection, caller, cancellation)).ChangeAsync("customer.left_erp", left, cancellation);
        }
    }

    private static StagedCustomer Leave(Customer customer, DateTimeOffset now)
    {
        var before = PartnerOf(customer);
        customer.LeaveErp(now);
        return new StagedCustomer(customer, before, PartnerOf(customer));
    }

    private static string PartnerOf(Customer customer) => FieldText.ToJson(("erp_partner_id", customer.ErpPartnerId?.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, session.Connection) { CommandTimeout = 0 };
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        return command;
    }

    private static Task<List<long>> IdsAsync(NpgsqlCommand command, CancellationToken cancellation) => command.ReadAllAsync(row => row.Long(), cancellation);
}
