using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Users;
using Patron.Shared.Text;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.Portal.Pages;

/// <summary>
/// Changes the language of the pages. The button can send the form of its page along, which is shown again as it was typed.
/// </summary>
internal static class LanguagePages
{
    public static void MapLanguage(this RouteGroupBuilder pages)
    {
        pages.MapPost("/language", ChooseAsync);
    }

    // Other languages than those of the pages are ignored.
    private static async Task<IResult> ChooseAsync(FormInput input, ChooseLanguage choose, HttpContext http, CancellationToken cancellationToken)
    {
        if (input["language"] is { } language && Languages.All.ContainsKey(language))
        {
            PageLanguage.Choose(http, language);
            if (http.Caller().UserId is not null)
            {
                await choose.HandleAsync(http.Caller(), language, cancellationToken);
            }
        }

        if (input.Has(KeptForm.IdField))
        {
            KeptForm.Keep(http, input, http.Caller().UserId);
        }

        return PageResults.Redirect(http, KeptForm.PageOf(http.Request, input));
    }
}
