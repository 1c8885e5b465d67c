using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Patron.Shared.Inbox;
using Patron.Shared.Text;
using Patron.StaffConsole.Access;

namespace Patron.StaffConsole.Pages.Inbox;

/// <summary>
/// Which items the pages of the inbox show: the query of their addresses, so that links can be shared and the next item is one of the same
/// filter. Values that are not known count as left out.
/// </summary>
public sealed record InboxView(InboxKind? Kind, InboxAssignment Assigned, bool WithSnoozed)
{
    public InboxFilter Filter => new() { Kinds = Kind is { } kind ? [kind] : [], Assigned = Assigned, WithSnoozed = WithSnoozed };

    public static InboxView Of(HttpRequest request) => new(
        EnumNames<InboxKind>.TryRead(request.Query["kind"].ToString(), out var kind) ? kind : null,
        EnumNames<InboxAssignment>.TryRead(request.Query["assigned"].ToString(), out var assigned) ? assigned : InboxAssignment.All,
        request.Query["snoozed"] == "true");

    /// <summary>The address of the list.</summary>
    public string ListAddress(HttpContext http) => WithQuery(ConsoleVisit.Of(http).Path + InboxPages.Path);

    /// <summary>The address of an item, or of something that is done with it.</summary>
    public string AddressOf(HttpContext http, long id, string action = "") => WithQuery(
        string.Create(CultureInfo.InvariantCulture, $"{ConsoleVisit.Of(http).Path}{InboxPages.Path}/{id}{action}"));

    /// <summary>The fields of the filter that are set.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Fields()
    {
        if (Kind is { } kind)
        {
            yield return KeyValuePair.Create("kind", (string?)EnumNames<InboxKind>.Of(kind));
        }

        if (Assigned != InboxAssignment.All)
        {
            yield return KeyValuePair.Create("assigned", (string?)EnumNames<InboxAssignment>.Of(Assigned));
        }

        if (WithSnoozed)
        {
            yield return KeyValuePair.Create("snoozed", (string?)"true");
        }
    }

    private string WithQuery(string path) => QueryHelpers.AddQueryString(path, Fields());
}
