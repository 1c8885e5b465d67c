using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Patron.Customers.Search;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Jobs;

/// <summary>The customers of a job to be made: those that were ticked, or all that match a filter.</summary>
public sealed record JobChoice(bool IsAll, IReadOnlyList<string> Ids, string Filter, Guid? Segment)
{
    /// <summary>Reads the address.</summary>
    public static JobChoice Of(IQueryCollection query) => new(
        query["of"] == NewJobPages.Everybody,
        [.. query["ids"].OfType<string>().SelectMany(ids => ids.Split(',')).Where(id => id.Length > 0)],
        query["q"].ToString().Trim(), Guid.TryParse(query["segment"].ToString(), out var segment) ? segment : null);

    /// <summary>Reads the form, which has the fields of the address.</summary>
    public static JobChoice Of(FormInput input) => new(
        input["of"] == NewJobPages.Everybody, [.. input["ids"].Split(',').Where(id => id.Length > 0)], input["q"].Trim(),
        Guid.TryParse(input["segment"], out var segment) ? segment : null);

    /// <summary>Whether somebody is chosen: without a tick, no one is.</summary>
    public bool IsMade => IsAll || Ids.Count > 0;

    /// <summary>The criteria of all; null for those that were ticked.</summary>
    public CustomerCriteria? Criteria => IsAll ? new CustomerCriteria { Filter = Filter, Segment = Segment } : null;

    /// <summary>The parameters of the address, and the fields of the form.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Parameters()
    {
        yield return new("of", IsAll ? NewJobPages.Everybody : NewJobPages.Ticked);
        if (!IsAll)
        {
            yield return new("ids", string.Join(',', Ids));
            yield break;
        }

        if (Filter.Length > 0)
        {
            yield return new("q", Filter);
        }

        if (Segment is { } segment)
        {
            yield return new("segment", segment.ToString());
        }
    }

    /// <summary>The address of the page, with these parameters too.</summary>
    public string Address(params IEnumerable<KeyValuePair<string, string?>> further) =>
        QueryHelpers.AddQueryString(NewJobPages.Path, Parameters().Concat(further));
}
