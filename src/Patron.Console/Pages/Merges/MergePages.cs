using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Patron.Customers.Inbox;
using Patron.Customers.Merges;
using Patron.Shared.Results;
using Patron.StaffConsole.Access;
using Patron.StaffConsole.Pages.Customers;
using Patron.StaffConsole.Pages.Inbox;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Merges;

/// <summary>A page of merges, newest first.</summary>
public sealed record MergesModel(IReadOnlyList<MergeView> Merges, long? Next);

/// <summary>
/// Previews and makes merges, lists and undoes them. A merge that began at an item of the inbox (<c>?item=</c>) leads to the next one.
/// </summary>
internal static class MergePages
{
    public const string Path = "/merges";
    private const int PageSize = 50;
    private static readonly string[] Sides = ["survivor", "other"];

    public static void MapMerges(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, ListAsync);
        pages.MapGet(Path + "/new", PreviewAsync);
        pages.MapPost(Path, MergeAsync);
        pages.MapGet(Path + "/{id:long}", async (long id, ListMerges list, HttpContext http, CancellationToken cancellationToken) =>
            (await list.FindAsync(http.Caller(), id, cancellationToken)).ToResult(PageResults.Page<MergePage, MergeView>));
        pages.MapPost(Path + "/{id:long}/undo", (
            long id, FormInput input, UndoMerge undo, HttpContext http, CancellationToken cancellationToken) =>
            UndoAsync(id, AddressOf(http, id), input, undo, http, cancellationToken)).AddEndpointFilter<RequireRecentProof>();
    }

    /// <summary>The address of the preview, for a decision about an item of the inbox.</summary>
    public static string NewAddress(HttpContext http, string survivor, string other, InboxItemModel item) => QueryHelpers.AddQueryString(
        $"{ConsoleVisit.Of(http).Path}{Path}/new",
        item.View.Fields().Append(new("item", item.Opened.Entry.Item.Id.ToString(CultureInfo.InvariantCulture)))
            .Append(new("survivor", survivor)).Append(new("other", other)));

    private static async Task<IResult> ListAsync(
        ListMerges list, HttpContext http, CancellationToken cancellationToken, long? before = null) =>
        (await list.HandleAsync(http.Caller(), before, PageSize, cancellationToken)).ToResult(merges =>
            PageResults.Page<MergesPage, MergesModel>(new MergesModel(merges, merges.Count == PageSize ? merges[^1].Id : null)));

    private static async Task<IResult> PreviewAsync(
        ReadMergePage read, HttpContext http, CancellationToken cancellationToken, string survivor = "", string other = "") =>
        (await read.HandleAsync(http.Caller(), survivor, other, cancellationToken)).ToResult(
            PageResults.Page<NewMergePage, MergePreviewModel>);

    // Only a merge of two accounts has a reason, without which it is refused.
    private static async Task<IResult> MergeAsync(
        FormInput input, MergeCustomers merge, ReadInboxItem read, HttpContext http, CancellationToken cancellationToken, long? item = null)
    {
        if (input["reason"].Length > 0 && !RequireRecentProof.IsRecent(http))
        {
            return await ConfirmationPages.AskAsync(http, "console_dangerous");
        }

        var result = await merge.HandleAsync(http.Caller(), input["survivor"], RequestOf(input), cancellationToken);
        if (!result.Succeeded(out var merged, out var error))
        {
            return PageResults.Refused(http, input, error);
        }

        return item is { } id
            ? await new InboxRequest(id, http, read, cancellationToken).ContinueAsync("merged")
            : PageResults.Redirect(http, CustomerRecordPages.AddressOf(http, merged.Customer.CustomerId), "merged");
    }

    /// <summary>Undoes a merge and leads to this address.</summary>
    public static async Task<IResult> UndoAsync(
        long id, string address, FormInput input, UndoMerge undo, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await undo.HandleAsync(http.Caller(), id, input["reason"], cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused(http, input, error)
            : PageResults.Redirect(http, address, "merge_undone");
    }

    private static string AddressOf(HttpContext http, long id) => FormattableString.Invariant($"{ConsoleVisit.Of(http).Path}{Path}/{id}");

    // The rules decide about fields that were left as they were shown.
    private static MergeRequest RequestOf(FormInput input) => new([input["other"]])
    {
        Versions = Sides.DistinctBy(side => input[side])
            .ToDictionary(side => input[side], side => VersionOf(input, side), StringComparer.Ordinal),
        Choices = MergeCustomers.ChoosableFields
            .Where(name => input.Has("choice_" + name) && input["choice_" + name] != input["was_" + name])
            .ToDictionary(name => name, name => input["choice_" + name], StringComparer.Ordinal),
        Reason = input["reason"],
    };

    // No record has the version 0.
    private static long VersionOf(FormInput input, string side) =>
        long.TryParse(input[side + "_version"], CultureInfo.InvariantCulture, out var version) ? version : 0;
}
