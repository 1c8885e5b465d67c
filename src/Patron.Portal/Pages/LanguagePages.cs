using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Portal.Http;
using Patron.Web.Http;

namespace Patron.Portal.Pages;

/// <summary>
/// Changes the language of the pages. The button can send the form of its page along, which is shown again as it was typed.
/// </summary>
internal static class LanguagePages
{
    public static void MapLanguage(this RouteGroupBuilder pages)
    {
        pages.MapPost("/language", Choose);
    }

    private static IResult Choose(FormInput input, HttpContext http)
    {
        Language.Choose(http, input["language"]);
        if (input.Has(KeptForm.IdField))
        {
            KeptForm.Keep(http, input, http.Caller().UserId);
        }

        return PageResults.Redirect(http, KeptForm.PageOf(http.Request, input));
    }
}
