using Microsoft.AspNetCore.Http;
using Patron.Customers.Customers;
using Patron.Web.Texts;

namespace Patron.Portal.Texts;

/// <summary>The sentences that forms show beside consents, in the language of the page. The history of a consent keeps them.</summary>
internal static class ConsentTexts
{
    public static string Of(HttpContext http, string consent)
    {
        var texts = PageTexts.Of(http);
        return $"{texts.T("field_" + consent)}. {texts.T(consent + "_hint")}";
    }

    /// <summary>All sentences, by the names of the consents.</summary>
    public static IReadOnlyDictionary<string, string> All(HttpContext http) =>
        CustomerSchema.OwnFields.Where(field => field.IsConsent).ToDictionary(
            field => field.Name, field => Of(http, field.Name), StringComparer.Ordinal);
}
