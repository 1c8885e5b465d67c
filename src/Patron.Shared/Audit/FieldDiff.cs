using System.Text.Json.Nodes;

namespace Patron.Shared.Audit;

/// <summary>The difference that a change makes, for the audit log: changed fields with their old and new values.</summary>
public sealed class FieldDiff
{
    private readonly JsonObject before = [];
    private readonly JsonObject after = [];

    /// <summary>Null when nothing changed.</summary>
    public string? Before => before.Count == 0 ? null : before.ToJsonString();

    /// <summary>Null when nothing changed.</summary>
    public string? After => after.Count == 0 ? null : after.ToJsonString();

    public FieldDiff Compare(string field, string? oldValue, string? newValue)
    {
        if (!string.Equals(oldValue, newValue, StringComparison.Ordinal))
        {
            before[field] = oldValue;
            after[field] = newValue;
        }

        return this;
    }
}
