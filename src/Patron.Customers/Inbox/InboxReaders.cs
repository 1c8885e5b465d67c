using System.Globalization;
using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Duplicates;
using Patron.Customers.Erp;
using Patron.Customers.Jobs;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Inbox;
using Patron.Shared.Results;

namespace Patron.Customers.Inbox;

/// <summary>The change request of an item; <see cref="AnswerChangeRequest"/> answers it.</summary>
public sealed record ChangeRequestDetails(ChangeRequestView Request) : InboxDetails;

/// <summary>The job of an item; its rows are listed by <see cref="ListJobs"/>.</summary>
public sealed record JobDetails(Job Job) : InboxDetails;

/// <summary>An import that rejected some of its rows; the file is named without its folder.</summary>
public sealed record ImportDetails(long Id, string? FileName, long Imported, long Rejected, DateTimeOffset FinishedAt) : InboxDetails;

/// <summary>The open pairs of customers that are probably one, the most probable first, with the reasons.</summary>
public sealed record DuplicateDetails(IReadOnlyList<ShownDuplicate> Pairs) : InboxDetails;

/// <summary>A record with a released address, and the record that claims that address now; null where none does any more.</summary>
public sealed record ReleasedClaimDetails(Customer Customer, Customer? Holder) : InboxDetails;

/// <summary>Reads change requests.</summary>
internal sealed class ChangeRequestReader(AnswerChangeRequest requests) : IInboxReader
{
    public bool CanRead(InboxItem item) => item.Kind == InboxKind.ChangeRequest;

    public async Task<Result<InboxDetails>> ReadAsync(Caller caller, InboxItem item, CancellationToken cancellationToken) =>
        (await requests.FindAsync(caller, long.Parse(item.Source, CultureInfo.InvariantCulture), cancellationToken))
            .Select<InboxDetails>(view => new ChangeRequestDetails(view));
}

/// <summary>Reads jobs and imports with rejected rows.</summary>
internal sealed class RejectedRowsReader(ListJobs jobs, DatabaseSession database) : IInboxReader
{
    private const string ImportSql = """
        SELECT id, file_name, imported, rejected, finished_at FROM customers.imports
        WHERE organization_id = $1 AND id = $2 AND finished_at IS NOT NULL
        """;

    public bool CanRead(InboxItem item) => item.Kind == InboxKind.JobRejected;

    public async Task<Result<InboxDetails>> ReadAsync(Caller caller, InboxItem item, CancellationToken cancellationToken)
    {
        if (item.SourceAfter("job/") is { } job)
        {
            return (await jobs.FindAsync(caller, long.Parse(job, CultureInfo.InvariantCulture), cancellationToken))
                .Select<InboxDetails>(found => new JobDetails(found));
        }

        if (JobActor.Refuse(caller) is { } refused)
        {
            return refused;
        }

        var imports = await database.QueryAsync(
            ImportSql, row => new ImportDetails(row.Long(), row.OptionalText(), row.Long(), row.Long(), row.Time()), cancellationToken,
            caller.OrganizationId, long.Parse(item.SourceAfter("import/")!, CultureInfo.InvariantCulture));
        return imports.Count == 0 ? InboxAccess.NotFound : imports[0];
    }
}

/// <summary>Reads groups of possible duplicates, at most <see cref="ListDuplicatesOfCustomer.MaxPairs"/> pairs of each.</summary>
internal sealed class DuplicateInboxReader(DuplicatePairs pairs, DuplicateViews views, AccountCopies accounts) : IInboxReader
{
    public bool CanRead(InboxItem item) => item.Kind == InboxKind.Duplicate;

    public async Task<Result<InboxDetails>> ReadAsync(Caller caller, InboxItem item, CancellationToken cancellationToken)
    {
        if (DuplicateAccess.Refuse(caller, accounts, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        var found = await pairs.OfItemAsync(
            caller.OrganizationId, Guid.Parse(item.Source), ListDuplicatesOfCustomer.MaxPairs, cancellationToken);
        var shown = await views.ShowAsync(caller, found, cancellationToken);
        return shown.Count == 0 ? DuplicateAccess.NotFound : new DuplicateDetails(shown);
    }
}

/// <summary>Reads records whose address was released by the undo of a merge.</summary>
internal sealed class ReleasedClaimReader(CustomerStore customers) : IInboxReader
{
    public bool CanRead(InboxItem item) => item.Kind == InboxKind.ReleasedClaim;

    public async Task<Result<InboxDetails>> ReadAsync(Caller caller, InboxItem item, CancellationToken cancellationToken)
    {
        var found = await customers.WhereAsync(
            """
            c.organization_id = $1 AND (c.uid = $2 OR (c.claim = 'claimed' AND c.email_key = (
                SELECT r.email_key FROM customers.customers r WHERE r.organization_id = $1 AND r.uid = $2)))
            """,
            cancellationToken, caller.OrganizationId, item.CustomerUid!.Value);
        var reader = CustomerAccess.ReaderOf(caller);
        return found.Find(customer => customer.Uid == item.CustomerUid) is { } released
            ? new ReleasedClaimDetails(
                released.ForReader(reader), found.Find(customer => customer.Uid != item.CustomerUid)?.ForReader(reader))
            : InboxAccess.NotFound;
    }
}
