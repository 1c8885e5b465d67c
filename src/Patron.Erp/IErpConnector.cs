namespace Patron.Erp;

/// <summary>
/// What the sync needs of the company's ERP: the port that a connector implements. Every method throws <see cref="ErpException"/> where the ERP is
/// away, refuses Patron's user or answers what makes no sense.
/// </summary>
public interface IErpConnector
{
    /// <summary>The ERP in sentences, such as <c>Odoo</c>.</summary>
    string Name { get; }

    /// <summary>The ERP in keys: <see cref="Customers.Erp.PartnerKey.Source"/>.</summary>
    string Source { get; }

    /// <summary>Which installation this is, in words: partners of another one are other people.</summary>
    string Identity { get; }

    /// <summary>Returns soon where the ERP answers Patron's user.</summary>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>How many partners there are, archived ones and contacts included. Answered soon: a run asks this first.</summary>
    Task<long> CountAsync(CancellationToken cancellationToken);

    /// <summary>
    /// All partners in pages, in an order that is stable while partners come and go. With <paramref name="since"/>, the cursor of the last page of an
    /// earlier reading, only those that may have changed since then. With <paramref name="after"/>, the cursor of a page of this reading, those
    /// after that page: a run that was killed goes on there. There is a last page even where it is empty.
    /// </summary>
    IAsyncEnumerable<PartnerPage> ReadPagesAsync(string? since, string? after, CancellationToken cancellationToken);

    /// <summary>These partners; one that the ERP no longer has is in neither list of the page.</summary>
    Task<PartnerPage> ReadAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken);

    /// <summary>The keys of all partners, in parts.</summary>
    IAsyncEnumerable<IReadOnlyList<string>> ReadIdsAsync(CancellationToken cancellationToken);

    /// <summary>Where staff find the partner in the ERP; null where it has no such address.</summary>
    Uri? FindLink(string id);
}

/// <summary>Partners as they were read, and those that the ERP could not give, each with a sentence.</summary>
/// <param name="Partners">Those that could be read.</param>
/// <param name="Unreadable">Those that could not, and why.</param>
/// <param name="Cursor">How far the reading is, in the connector's own words; null where the partners were asked for by their keys.</param>
public sealed record PartnerPage(IReadOnlyList<ErpPartner> Partners, IReadOnlyList<PartnerNote> Unreadable, string? Cursor);

/// <summary>A partner that a run tells of, and why.</summary>
public sealed record PartnerNote(string PartnerId, string Reason)
{
    internal static string UnexpectedReason(Exception bug) =>
        $"Something unexpected went wrong with this partner ({bug.GetType().Name}); the log says more. Please report it.";
}

/// <summary>The ERP is away, refuses Patron's user, or answers what makes no sense; the message is a sentence for staff.</summary>
public class ErpException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>When full and incremental runs begin by themselves: cron strings in UTC, or <c>never</c>.</summary>
public sealed record SyncSettings(string Schedule, string IncrementalSchedule);
