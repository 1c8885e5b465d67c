using Microsoft.AspNetCore.Http;
using Patron.Shared;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.Web.Http;

namespace Patron.Portal.Http;

/// <summary>What somebody typed into a form. It is given only what the form shows: what a form does not ask stays as it is.</summary>
public sealed class FormInput
{
    private readonly IFormCollection form;

    private FormInput(IFormCollection form) => this.form = form;

    /// <summary>How a route takes one.</summary>
    public static async ValueTask<FormInput?> BindAsync(HttpContext http) => http.Request.HasFormContentType
        ? new FormInput(await Forms.ReadAsync(http))
        : throw new BadHttpRequestException("The form could not be read.", StatusCodes.Status415UnsupportedMediaType);

    /// <summary>The text of a field, as typed; empty where the form does not have it. A checked box says "on" after its hidden "off".</summary>
    public string this[string name] => form[name] is [.., { } last] ? last : "";

    public bool Has(string name) => form.ContainsKey(name);

    /// <summary>A checked box.</summary>
    public bool IsOn(string name) => this[name] == "on";

    /// <summary>A field that may be left out or emptied.</summary>
    public Optional<string> Optional(string name) => Has(name) ? new Optional<string>(TextRules.NullIfBlank(this[name])) : default;

    /// <summary>The 422 for these of the fields that are empty, or null.</summary>
    public Error? Missing(params ReadOnlySpan<string> names)
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

    /// <summary>The 422 where the password is missing, or is not typed twice alike; null where it is.</summary>
    public Error? PasswordRefusal(params ReadOnlySpan<string> others) =>
        Missing([.. others, "password", "password_confirmation"])
        ?? (this["password"] == this["password_confirmation"] ? null : Error.Invalid("password_confirmation", "The two passwords differ; type the same one twice."));
}
