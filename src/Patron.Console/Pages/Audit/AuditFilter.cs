using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Patron.Linking.AuditSearch;

namespace Patron.StaffConsole.Pages.Audit;

/// <summary>
/// What the form of the audit log says, which is the query of its address. Days are UTC and both included; the actor is an email address,
/// or the UUID of an account or API key.
/// </summary>
public sealed record AuditFilter(
    string? From = null, string? To = null, string? Action = null, string? Subject = null, string? Actor = null, string? Cause = null,
    string? Everywhere = null)
{
    public bool IsEverywhere => Everywhere == "true";

    /// <summary>Whether the form says anything.</summary>
    public bool IsEmpty => !Fields.Any();

    /// <summary>The same conditions for a link.</summary>
    public string Query => QueryHelpers.AddQueryString("", Fields);

    /// <summary>The address below the organization's of the entries for these conditions.</summary>
    public string Address => AuditPages.Path + Query;

    private IEnumerable<KeyValuePair<string, string?>> Fields => new (string Name, string? Value)[]
    {
        ("from", From), ("to", To), ("action", Action), ("subject", Subject), ("actor", Actor), ("cause", Cause),
        ("everywhere", Everywhere),
    }.Where(one => !string.IsNullOrWhiteSpace(one.Value)).Select(one => KeyValuePair.Create(one.Name, one.Value));

    internal AuditQuery ToQuery()
    {
        var account = Trim(Actor);
        Guid? id = Guid.TryParse(account, out var uuid) ? uuid : null;
        return new AuditQuery
        {
            From = DayOf(From), To = DayOf(To)?.AddDays(1), Action = Trim(Action), Subject = Trim(Subject), Actor = id,
            ActorEmail = id is null ? account : null, Cause = Trim(Cause), IsEverywhere = IsEverywhere,
        };
    }

    private static string? Trim(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    // The browser's field sends nothing else; what somebody types into the address is ignored.
    private static DateTimeOffset? DayOf(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day < DateOnly.MaxValue
            ? new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero)
            : null;
}
