using System.Text.Json.Nodes;

namespace Patron.Shared.Audit;

/// <summary>What a change was, for the audit log: the fields that differ, as they were and as they are.</summary>
public sealed class FieldDiff
{
    private readonly JsonObject before = [];
    private readonly JsonObject after = [];

    /// <summary>Null when nothing changed.</summary>
    public string? Before => before.Count == 0 ? null : before.ToJsonString();

    /// <summary>Null when nothing changed.</summary>
    public string? After => after.Count == 0 ? null : after.ToJsonString();

    public FieldDiff Compare(string field, string? was, string? becomes)
    {
        if (!string.Equals(was, becomes, StringComparison.Ordinal))
        {
            before[field] = was;
            after[field] = becomes;
        }

        return this;
    }
}
