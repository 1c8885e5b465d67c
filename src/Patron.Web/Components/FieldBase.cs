using Microsoft.AspNetCore.Components;

namespace Patron.Web.Components;

/// <summary>
/// The base class of fields in a <see cref="PageForm"/>. The label is the text <c>field_{name}</c>; hint and errors are connected to the
/// field for screen readers.
/// </summary>
public abstract class FieldBase : PageComponent
{
    [Parameter]
    public required string Name { get; set; }

    [CascadingParameter]
    public required PageForm Form { get; set; }

    /// <summary>A hint above the field.</summary>
    [Parameter]
    public string? Hint { get; set; }

    [Parameter]
    public bool IsRequired { get; set; }

    /// <summary>A label that replaces the default one.</summary>
    [Parameter]
    public string? CustomLabel { get; set; }

    protected string Label => CustomLabel ?? T("field_" + Name);

    protected string Id => $"{Form.Id}-{Name}";

    protected IReadOnlyList<string> Errors => Form.State.Errors(Name);

    protected bool HasErrors => Errors.Count > 0;

    protected bool IsPending => Form.Pending.Contains(Name);

    protected string? DescribedBy => (Hint, HasErrors) switch
    {
        (null, false) => null,
        (null, true) => $"{Id}-error",
        (_, false) => $"{Id}-hint",
        _ => $"{Id}-hint {Id}-error",
    };
}
