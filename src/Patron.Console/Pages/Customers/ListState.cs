using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Patron.Customers.Search;
using Patron.Web.Http;

namespace Patron.StaffConsole.Pages.Customers;

/// <summary>A column of the list: its name in the address, the name of its label, and the order that a click on it gives.</summary>
public sealed record ListColumn(string Name, string Label, string? Order = null)
{
    /// <summary>The columns that can be chosen; the customer's name always comes first.</summary>
    public static IReadOnlyList<ListColumn> All { get; } =
    [
        new("email", "field_email", "email"), new("phone", "field_phone"), new("city", "field_city"), new("country", "field_country"),
        new("company", "field_company_name", "company_name"), new("status", "column_state"), new("tags", "field_tags"),
        new("account", "user_account"), new("code", "column_number", "code"), new("created", "column_created", "-created_at"),
        new("updated", "column_updated", "-updated_at"), new("seen", "last_sign_in", "-last_login_at"),
    ];

    public static IReadOnlyList<ListColumn> Default { get; } = Named("email,city,status,tags,created");

    public static IReadOnlyList<ListColumn> Named(string names) =>
        [.. All.Where(column => names.Split(',').Contains(column.Name, StringComparer.Ordinal))];
}

/// <summary>
/// What the list of customers shows, as its address says it. Columns and density are also remembered by a cookie of the console; an address
/// that names them comes first.
/// </summary>
public sealed record ListState
{
    private const string CookieName = "console_list";
    private const string Dense = "dense";

    public string Filter { get; init; } = "";

    public Guid? Segment { get; init; }

    public string Order { get; init; } = FindRequest.DefaultOrder;

    public string? Cursor { get; init; }

    public IReadOnlyList<ListColumn> Columns { get; init; } = ListColumn.Default;

    public bool IsDense { get; init; }

    /// <summary>Whether it is the list of everybody.</summary>
    public bool IsUnfiltered => Filter.Length == 0 && Segment is null;

    /// <summary>Reads the address, and remembers the columns and the density that it names.</summary>
    public static ListState Read(HttpContext http)
    {
        var query = http.Request.Query;
        var remembered = (http.Request.Cookies[CookieName] ?? "").Split('|');
        var columns = query.ContainsKey("columns") ? ListColumn.Named(string.Join(',', query["columns"].ToArray())) : null;
        var density = query.ContainsKey("density") ? query["density"].ToString() : null;
        var state = new ListState
        {
            Filter = query["q"].ToString().Trim(),
            Segment = Guid.TryParse(query["segment"].ToString(), out var segment) ? segment : null,
            Order = query["sort"].ToString() is { Length: > 0 } order ? order : FindRequest.DefaultOrder,
            Cursor = query["cursor"].ToString() is { Length: > 0 } cursor ? cursor : null,
            Columns = columns ?? (remembered.Length == 2 ? ListColumn.Named(remembered[0]) : ListColumn.Default),
            IsDense = (density ?? remembered[^1]) == Dense,
        };
        if (columns is not null || density is not null)
        {
            state.Remember(http);
        }

        return state;
    }

    /// <summary>The first page of the list with another filter.</summary>
    public ListState With(string filter) => this with { Filter = filter, Cursor = null };

    /// <summary>The parameters of the address. The filter and the segment are named by <c>q</c> and <c>segment</c>.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Parameters()
    {
        if (Filter.Length > 0)
        {
            yield return new("q", Filter);
        }

        if (Segment is { } segment)
        {
            yield return new("segment", segment.ToString());
        }

        foreach (var parameter in ViewParameters())
        {
            yield return parameter;
        }

        if (Cursor is not null)
        {
            yield return new("cursor", Cursor);
        }
    }

    /// <summary>Those of the order, the columns and the density.</summary>
    public IEnumerable<KeyValuePair<string, string?>> ViewParameters()
    {
        if (Order != FindRequest.DefaultOrder)
        {
            yield return new("sort", Order);
        }

        if (!Columns.SequenceEqual(ListColumn.Default))
        {
            yield return new("columns", Names);
        }

        if (IsDense)
        {
            yield return new("density", Dense);
        }
    }

    /// <summary>The address below that of the organization.</summary>
    public string Address() => QueryHelpers.AddQueryString(CustomerRecordPages.Path, Parameters());

    private string Names => string.Join(',', Columns.Select(column => column.Name));

    private void Remember(HttpContext http)
    {
        var cookie = CookieAttributes.For(http, "/console");
        cookie.MaxAge = TimeSpan.FromDays(365);
        http.Response.Cookies.Append(CookieName, $"{Names}|{(IsDense ? Dense : "")}", cookie);
    }
}
