using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Portal.Http;
using Patron.Web.Http;

namespace Patron.Portal.Pages;

/// <summary>Changes the language of the pages.</summary>
internal static class LanguagePages
{
    public static void MapLanguage(this RouteGroupBuilder pages)
    {
        pages.MapPost("/language", Choose);
    }

    private static IResult Choose(FormInput input, HttpContext http)
    {
        Language.Choose(http, input["language"]);
        return PageResults.Redirect(http, ReturnAddress.Sanitize(input["return_url"]));
    }
}
