using System.Text;

namespace Patron.CommandHost;

/// <summary>Collects what one command prints, from any thread.</summary>
internal sealed class CollectingWriter : TextWriter
{
    private readonly StringBuilder text = new();
    private readonly Lock gate = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        lock (gate)
        {
            text.Append(value);
        }
    }

    public override void Write(char[] buffer, int index, int count)
    {
        lock (gate)
        {
            text.Append(buffer, index, count);
        }
    }

    public override void Write(string? value)
    {
        lock (gate)
        {
            text.Append(value);
        }
    }

    /// <summary>The text so far, once.</summary>
    public string Take()
    {
        lock (gate)
        {
            var taken = text.ToString();
            text.Clear();
            return taken;
        }
    }
}
