using Patron.Shared.Results;

namespace Patron.Web.Pages;

/// <summary>The state of a form that is shown again: the typed values and the errors, by field or for the whole form.</summary>
public sealed class FormState
{
    private readonly FormInput? typed;
    private readonly Error? error;
    private readonly string? ruleField;

    private FormState(FormInput? typed, Error? error, string? ruleField) =>
        (this.typed, this.error, this.ruleField) = (typed, error, ruleField);

    /// <summary>The state of a form without input.</summary>
    public static FormState Empty { get; } = new(null, null, null);

    /// <summary>A form that is filled with what was typed, without errors.</summary>
    public static FormState Typed(FormInput typed) => new(typed, null, null);

    /// <param name="ruleField">The field that an error without fields is about, if the use case cannot know it.</param>
    public static FormState Refused(FormInput typed, Error error, string? ruleField = null) =>
        new(typed, error, error.Kind is ErrorKind.Rule or ErrorKind.Unauthenticated ? ruleField : null);

    public bool IsRefused => error is not null;

    /// <summary>The code of the error (docs/errors.md).</summary>
    public string? Code => error?.Code;

    /// <summary>The value of a field: the typed one, else the stored one.</summary>
    public string? ValueOf(string field, string? stored) => typed is null ? stored : typed[field];

    public bool IsOn(string field, bool stored) => typed is null ? stored : typed.IsOn(field);

    /// <summary>The errors of a field.</summary>
    public IReadOnlyList<string> Errors(string field) =>
        ruleField == field ? [error!.Detail] : error?.Fields?.GetValueOrDefault(field) ?? [];

    /// <summary>The error of the whole form, if it is not about a field.</summary>
    public string? General => error is { Fields: null } && ruleField is null ? error.Detail : null;

    public IEnumerable<string> FieldsWithErrors => ruleField is not null ? [ruleField] : error?.Fields?.Keys ?? [];
}
