using Patron.Erp;

namespace Patron.Odoo.Client;

/// <summary>Partners with an id greater than <paramref name="After"/>, in ascending order, including archived ones.</summary>
public sealed record PartnerQuery(long After, int Limit)
{
    /// <summary>
    /// Only partners written at this time or later, and those without a time. The time is the start of a transaction, so a later commit may
    /// have an earlier time: query with an overlap.
    /// </summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only these ids.</summary>
    public IReadOnlyCollection<long>? Ids { get; init; }

    internal OdooDomain ToDomain()
    {
        var domain = OdooDomain.All.And("id", ">", After);
        if (Since is { } since)
        {
            // Not '>': 19 compares whole seconds and would lose a second change within one; 17 compares microseconds that it does not
            // return.
            domain.AndEmptyOr("write_date", ">=", OdooTime.Write(since));
        }

        return Ids is null ? domain : domain.AndIn("id", Ids);
    }
}

/// <summary>The result of a query: partners by ascending id, and those that could not be read, each with a reason.</summary>
/// <param name="Partners">Those that could be read.</param>
/// <param name="Unreadable">Those that could not be read, and why.</param>
/// <param name="LastId">The greatest id, after which the next page begins; null for an empty page.</param>
public sealed record OdooPage(IReadOnlyList<ErpPartner> Partners, IReadOnlyList<(long Id, string Reason)> Unreadable, long? LastId)
{
    /// <summary>The number of partners in this page; fewer than requested only at the end.</summary>
    public int Count => Partners.Count + Unreadable.Count;
}
