namespace Patron.Erp;

/// <summary>
/// The port through which the sync reads the company's ERP, implemented by a connector. Every method throws <see cref="ErpException"/>
/// where the ERP is unavailable, rejects Patron's user or returns invalid data.
/// </summary>
public interface IErpConnector
{
    /// <summary>The display name of the ERP, such as <c>Odoo</c>.</summary>
    string Name { get; }

    /// <summary>The key of the ERP: <see cref="Customers.Erp.PartnerKey.Source"/>.</summary>
    string Source { get; }

    /// <summary>Identifies the installation, as text. The ids of another installation mean other partners.</summary>
    string Identity { get; }

    /// <summary>Returns quickly if the ERP accepts Patron's user.</summary>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>The number of partners, including archived ones and contacts. Returns quickly: a run calls this first.</summary>
    Task<long> CountAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Reads all partners in pages, in an order that stays stable while partners are added and deleted. With <paramref name="since"/>, the
    /// last cursor of an earlier reading, only those that may have changed since then. With <paramref name="after"/>, a cursor of this
    /// reading, only those after that page, so that a killed run can continue. There is always a last page, even if it is empty.
    /// </summary>
    IAsyncEnumerable<PartnerPage> ReadPagesAsync(string? since, string? after, CancellationToken cancellationToken);

    /// <summary>Reads these partners; one that the ERP no longer has is in neither list of the page.</summary>
    Task<PartnerPage> ReadAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken);

    /// <summary>Reads the ids of all partners, in batches.</summary>
    IAsyncEnumerable<IReadOnlyList<string>> ReadIdsAsync(CancellationToken cancellationToken);

    /// <summary>The URL of the partner in the ERP; null where there is none.</summary>
    Uri? FindLink(string id);
}

/// <summary>A page of partners, and those that could not be read, each with a reason.</summary>
/// <param name="Partners">Those that could be read.</param>
/// <param name="Unreadable">Those that could not be read, and why.</param>
/// <param name="Cursor">The position of the reading, in the connector's own format; null where partners were read by their ids.</param>
public sealed record PartnerPage(IReadOnlyList<ErpPartner> Partners, IReadOnlyList<PartnerIssue> Unreadable, string? Cursor);

/// <summary>A partner that a run reports, and why.</summary>
public sealed record PartnerIssue(string PartnerId, string Reason)
{
    internal static string UnexpectedReason(Exception bug) =>
        $"Something unexpected went wrong with this partner ({bug.GetType().Name}); the log says more. Please report it.";
}

/// <summary>The ERP is unavailable, rejects Patron's user, or returns invalid data; the message is a sentence for staff.</summary>
public class ErpException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The schedules of full and incremental runs: cron strings in UTC, or <c>never</c>.</summary>
public sealed record SyncSettings(string Schedule, string IncrementalSchedule);
