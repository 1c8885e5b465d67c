namespace Patron.OdooStandIn.Models;

/// <summary>A user with a password and optionally an API key.</summary>
internal sealed record StandInUser(long Id, string Login, string Name, long PartnerId, string Password, string? Key)
{
    // Readable by administrators only.
    private static readonly string[] Closed = ["ir.config_parameter"];

    public bool IsAdmin { get; init; }

    public bool IsInternal { get; init; } = true;

    /// <summary>Models that this user may not read.</summary>
    public HashSet<string> Denied { get; } = new(StringComparer.Ordinal);

    /// <summary>Models that this user may create and change although they are no administrator.</summary>
    public HashSet<string> Writable { get; } = new(StringComparer.Ordinal);

    public bool MayWrite(string model) => IsAdmin || Writable.Contains(model);

    public bool MayRead(string model) => IsAdmin || !(Denied.Contains(model) || Closed.Contains(model));
}
