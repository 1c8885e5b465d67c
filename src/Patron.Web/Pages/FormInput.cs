using Microsoft.AspNetCore.Http;
using Patron.Shared;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.Web.Http;

namespace Patron.Web.Pages;

/// <summary>The input of a form. A form contains only the fields it shows; fields it does not show stay unchanged.</summary>
public sealed class FormInput
{
    private readonly IFormCollection form;

    public FormInput(IFormCollection form) => this.form = form;

    /// <summary>The names and texts of all fields.</summary>
    internal IEnumerable<(string Name, string Text)> Fields => form.Keys.Select(name => (name, this[name]));

    /// <summary>Binds the form parameter of a route.</summary>
    public static async ValueTask<FormInput?> BindAsync(HttpContext http) => http.Request.HasFormContentType
        ? new FormInput(await Forms.ReadAsync(http))
        : throw new BadHttpRequestException("The form could not be read.", StatusCodes.Status415UnsupportedMediaType);

    /// <summary>The text of a field as typed, or an empty text if it is missing. A checked box is "on" after the hidden "off".</summary>
    public string this[string name] => form[name] is [.., { } last] ? last : "";

    public bool Has(string name) => form.ContainsKey(name);

    /// <summary>Whether a box is checked.</summary>
    public bool IsOn(string name) => this[name] == "on";

    /// <summary>A field that may be missing or empty.</summary>
    public Optional<string> Optional(string name) => Has(name) ? new Optional<string>(TextRules.NullIfBlank(this[name])) : default;

    /// <summary>Returns the 422 for those of these fields that are empty, or null.</summary>
    public Error? ValidateRequired(params ReadOnlySpan<string> names)
    {
        var errors = new FieldErrors();
        foreach (var name in names)
        {
            if (string.IsNullOrWhiteSpace(this[name]))
            {
                errors.AddRequired(name);
            }
        }

        return errors.Any ? errors.ToError() : null;
    }
}
