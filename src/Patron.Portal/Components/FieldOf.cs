using Microsoft.AspNetCore.Components;
using static Patron.Portal.Texts.PortalTexts;

namespace Patron.Portal.Components;

/// <summary>One field of a <see cref="PageForm"/>: its label is the text <c>field_{name}</c>; hint and messages are tied to it for who hears the page.</summary>
public abstract class FieldOf : ComponentBase
{
    [Parameter]
    public required string Name { get; set; }

    [CascadingParameter]
    public required PageForm Form { get; set; }

    /// <summary>What to know before typing.</summary>
    [Parameter]
    public string? Hint { get; set; }

    [Parameter]
    public bool IsRequired { get; set; }

    /// <summary>What it is called here, where its usual label would not be clear.</summary>
    [Parameter]
    public string? Called { get; set; }

    protected string Label => Called ?? T("field_" + Name);

    protected string Id => $"{Form.Id}-{Name}";

    protected IReadOnlyList<string> Errors => Form.State.Errors(Name);

    protected bool IsWrong => Errors.Count > 0;

    protected bool IsPending => Form.Pending.Contains(Name);

    protected string? DescribedBy => (Hint, IsWrong) switch
    {
        (null, false) => null,
        (null, true) => $"{Id}-error",
        (_, false) => $"{Id}-hint",
        _ => $"{Id}-hint {Id}-error",
    };
}
