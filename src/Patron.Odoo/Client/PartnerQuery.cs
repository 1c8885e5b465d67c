using Patron.Erp;

namespace Patron.Odoo.Client;

/// <summary>Partners with an id greater than <paramref name="After"/>, the lowest first, archived ones included.</summary>
public sealed record PartnerQuery(long After, int Limit)
{
    /// <summary>
    /// Only those written at this time or later, and those that do not say when. It is the time a transaction began, so later ones may still bring an
    /// earlier time: ask with an overlap.
    /// </summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only these.</summary>
    public IReadOnlyCollection<long>? Ids { get; init; }

    internal OdooDomain ToDomain()
    {
        var domain = OdooDomain.All.And("id", ">", After);
        if (Since is { } since)
        {
            // Not '>': 19 compares whole seconds, and a second change within one would be lost; 17 compares the microseconds it does not tell.
            domain.AndEmptyOr("write_date", ">=", OdooTime.Write(since));
        }

        return Ids is null ? domain : domain.AndIn("id", Ids);
    }
}

/// <summary>What a query brought: partners by ascending id, and those that Odoo could not give, each with a sentence.</summary>
/// <param name="Partners">Those that could be read.</param>
/// <param name="Unreadable">Those that could not, and why.</param>
/// <param name="LastId">The greatest id, after which the next page begins; null for an empty page.</param>
public sealed record OdooPage(IReadOnlyList<ErpPartner> Partners, IReadOnlyList<(long Id, string Reason)> Unreadable, long? LastId)
{
    /// <summary>How many of the ERP's partners this is; fewer than asked for at the end only.</summary>
    public int Count => Partners.Count + Unreadable.Count;
}
