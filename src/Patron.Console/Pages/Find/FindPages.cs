using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Search;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Find;

/// <summary>What is shown while a text is typed: the first customers, and how the text may go on.</summary>
public sealed record FindModel(string Text, QuickResults Results, IReadOnlyList<FilterSuggestion> Suggestions);

/// <summary>Reads what is shown while a text is typed.</summary>
internal sealed class ReadFindResults(QuickFind find, SuggestTerms suggest)
{
    public async Task<Result<FindModel>> HandleAsync(
        Caller caller, string text, int caret, System.Globalization.CultureInfo language, CancellationToken cancellationToken)
    {
        if (!(await find.HandleAsync(caller, text, cancellationToken)).Succeeded(out var results, out var refused))
        {
            return refused;
        }

        return (await suggest.HandleAsync(caller, text, caret, language, cancellationToken)).Select(
            suggestions => new FindModel(text, results, suggestions));
    }
}

/// <summary>Answers the script of the search box with a piece of a page. Without script, the box leads to the list.</summary>
internal static class FindPages
{
    public const string Path = "/find";

    public static void MapFind(this RouteGroupBuilder pages) => pages.MapGet(Path, FindAsync);

    private static async Task<IResult> FindAsync(
        ReadFindResults read, HttpContext http, CancellationToken cancellationToken, string q = "", int? caret = null) =>
        (await read.HandleAsync(http.Caller(), q, caret ?? q.Length, PageLanguage.Of(http), cancellationToken)).ToResult(
            PageResults.Page<FoundFragment, FindModel>);
}
