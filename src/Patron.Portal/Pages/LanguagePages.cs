using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Users;
using Patron.Portal.Http;
using Patron.Shared.Text;
using Patron.Web.Http;

namespace Patron.Portal.Pages;

/// <summary>Changes the language of the pages.</summary>
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
            Language.Choose(http, language);
            if (http.Caller().UserId is not null)
            {
                await choose.HandleAsync(http.Caller(), language, cancellationToken);
            }
        }

        return PageResults.Redirect(http, ReturnAddress.Sanitize(input["return_url"]));
    }
}
