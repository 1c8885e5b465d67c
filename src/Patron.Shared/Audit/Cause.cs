using System.Globalization;

namespace Patron.Shared.Audit;

/// <summary>
/// The work on many records that a change is a part of. Audit entries store it as text, such as <c>job:42</c>, so that everything one cause
/// changed can be found and undone.
/// </summary>
public sealed record Cause(string Kind, long Id)
{
    public static Cause Job(long id) => new("job", id);

    public static Cause Merge(long id) => new("merge", id);

    public static Cause Import(long id) => new("import", id);

    public static Cause Sync(long id) => new("sync", id);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind}:{Id}");
}
