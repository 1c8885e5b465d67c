using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Inbox;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Erp.Partners;

/// <summary>
/// A partner of the ERP as staff see it: its data (a JSON object; null until it was read), its state, the reason why it is skipped, in
/// conflict or in error, its customer and, for one that is gone, the customer that has its address now. It was last read at <see
/// cref="LastSeenAt"/>; unless it is gone, the ERP still had it at the last run.
/// </summary>
public sealed record Partner(
    string PartnerId, PartnerState State, string? Reason, Guid? CustomerUid, Guid? SuccessorUid, string? Facts, DateTimeOffset? WrittenAt,
    DateTimeOffset FirstSeenAt,
    DateTimeOffset LastSeenAt, bool IsActive)
{
    internal const string Columns =
        "p.external_id, p.state, p.reason, p.customer_uid, p.successor_uid, p.facts, p.written_at, p.first_seen_at, p.last_seen_at, p.is_active";

    internal PartnerStatus Status => PartnerStatus.Read(State, Reason);

    internal static Partner Read(RowCursor row) => new(
        row.Text(), row.EnumValue<PartnerState>(), row.OptionalText(), row.OptionalUuid(), row.OptionalUuid(), row.OptionalText(),
        row.OptionalTime(), row.Time(), row.Time(), row.Flag());
}

/// <summary>
/// A partner, its customer, the customer that has its address since it is gone, and its URL in the ERP: the information for a decision.
/// </summary>
public sealed record PartnerView(Partner Partner, Customer? Customer, Customer? Successor, Uri? Link);

/// <summary>A page of partners, the number of partners on all pages, and the id to continue after; null on the last page.</summary>
public sealed record ListedPartners(IReadOnlyList<PartnerView> Partners, long Total, string? Next);

/// <summary>
/// Lists the ERP's partners for staff of the home organization: all, those of one state, or those that need a decision: conflicts, and gone
/// partners whose customer has an account or whose address another customer has now. Errors: 403 for others, 422 for an invalid limit.
/// </summary>
public sealed class ListPartners(DatabaseSession database, ErpCustomers customers, HomeOrganization home, IErpConnector? connector = null)
{
    public const int MaxLimit = 1000;

    private const string FoundSql = """
        FROM erp.partners p
        WHERE p.organization_id = $1 AND ($2::text IS NULL OR p.state = $2)
            AND (NOT $3 OR p.state = 'conflict' OR (p.state = 'gone' AND p.customer_uid IS NOT NULL
                AND (p.successor_uid IS NOT NULL OR EXISTS (SELECT FROM customers.customers c WHERE c.organization_id = $1 AND c.uid = p.customer_uid AND c.user_id IS NOT NULL))))
        """;

    /// <summary>What the items of single partners begin with (Database/Migrations/0004_inbox.sql).</summary>
    internal const string InboxPrefix = "partner/";

    private const string WaitingSql = $"""
        SELECT {Partner.Columns} FROM erp.partners p JOIN erp.waiting_partners w USING (source, external_id)
        WHERE p.organization_id = $1 AND (p.customer_uid = $2 OR (p.source = $3 AND p.external_id = $4)) AND w.kind = $5 AND w.item = $6
        ORDER BY p.rank, p.external_id
        """;

    private const string CountSql = $"SELECT count(*) {FoundSql}";

    private const string PageSql = $"""
        SELECT {Partner.Columns} {FoundSql}
            AND ($4 = '' OR (p.rank, p.external_id) > (SELECT a.rank, a.external_id FROM erp.partners a WHERE a.organization_id = $1 AND a.external_id = $4 ORDER BY a.source LIMIT 1))
        ORDER BY p.rank, p.external_id LIMIT $5
        """;

    /// <summary>The partners of an item of the inbox: those of a customer that wait, or one that wants an address of somebody else.</summary>
    public async Task<Result<IReadOnlyList<PartnerView>>> FindWaitingAsync(
        Caller caller, InboxItem item, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessHomeStaff(caller, home, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        var (source, id) = item.SourceAfter(InboxPrefix)?.Split('/', 2) is [var first, var second] ? (first, second) : ("", "");
        var found = await database.QueryAsync(
            WaitingSql, Partner.Read, cancellationToken, home.Id, Guid.TryParse(item.Source, out var uid) ? uid : Guid.Empty, source, id,
            EnumNames<InboxKind>.Of(item.Kind), item.Source);
        return await ShowAsync(caller, found, cancellationToken);
    }

    /// <summary>Returns the partners after this id, oldest in the ERP first; an empty id starts at the beginning.</summary>
    public async Task<Result<ListedPartners>> HandleAsync(
        Caller caller, PartnerState? state, bool isWaiting, string after, int limit, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessHomeStaff(caller, home, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        if (limit is < 1 or > MaxLimit)
        {
            return Error.Invalid("limit", $"Must be a number from 1 to {MaxLimit}.");
        }

        var total = (await database.QueryAsync(
            CountSql, row => row.Long(), cancellationToken, home.Id, StateName(), isWaiting)).Single();
        // One more than the page, to know whether there is a next one.
        var found = await database.QueryAsync(
            PageSql, Partner.Read, cancellationToken, home.Id, StateName(), isWaiting, InputText.Storable(after), limit + 1);
        var partners = found.Take(limit).ToList();
        var views = await ShowAsync(caller, partners, cancellationToken);
        return new ListedPartners(views, total, found.Count > limit ? partners[^1].PartnerId : null);

        // A parameter belongs to one command.
        object StateName() => OptionalParameter.Of(state is { } value ? EnumNames<PartnerState>.Of(value) : null, NpgsqlDbType.Text);
    }

    private async Task<List<PartnerView>> ShowAsync(Caller caller, List<Partner> partners, CancellationToken cancellationToken)
    {
        var byUid = await customers.ReadAsync(
            caller, [.. partners.SelectMany(partner => new[] { partner.CustomerUid, partner.SuccessorUid }).OfType<Guid>()],
            cancellationToken);
        return partners.ConvertAll(
            partner =>
                new PartnerView(partner, Find(partner.CustomerUid), Find(partner.SuccessorUid), connector?.FindLink(partner.PartnerId)));

        Customer? Find(Guid? uid) => uid is { } id ? byUid.GetValueOrDefault(id) : null;
    }
}
