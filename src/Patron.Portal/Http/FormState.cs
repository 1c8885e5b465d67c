using Patron.Shared.Results;

namespace Patron.Portal.Http;

/// <summary>A form that is shown again: what was typed, and what is wrong with it, field by field or with all of it.</summary>
public sealed class FormState
{
    private readonly FormInput? typed;
    private readonly Error? error;
    private readonly string? blamed;

    private FormState(FormInput? typed, Error? error, string? blamed) => (this.typed, this.error, this.blamed) = (typed, error, blamed);

    /// <summary>As it is before anything was typed.</summary>
    public static FormState Fresh { get; } = new(null, null, null);

    /// <param name="blamed">The field that a rule's 'no' is about, where the use case cannot know that.</param>
    public static FormState Refused(FormInput typed, Error error, string? blamed = null) =>
        new(typed, error, error.Kind is ErrorKind.Rule or ErrorKind.Unauthenticated ? blamed : null);

    public bool IsRefused => error is not null;

    /// <summary>What stands in a field: what was typed, else what is kept.</summary>
    public string? Value(string field, string? kept) => typed is null ? kept : typed[field];

    public bool IsOn(string field, bool kept) => typed is null ? kept : typed.IsOn(field);

    /// <summary>What is wrong with a field.</summary>
    public IReadOnlyList<string> Errors(string field) =>
        error is null ? [] : field == blamed ? [error.Detail] : error.Fields?.GetValueOrDefault(field) ?? [];

    /// <summary>What is wrong with no field in particular.</summary>
    public string? General => error is { Fields: null } && blamed is null ? error.Detail : null;

    /// <summary>The fields with errors.</summary>
    public IEnumerable<string> Blamed => error is null ? [] : blamed is not null ? [blamed] : error.Fields?.Keys ?? [];
}
