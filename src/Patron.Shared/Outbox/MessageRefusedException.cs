namespace Patron.Shared.Outbox;

/// <summary>
/// A handler's answer that this one message is not taken, while others would be: a mailbox that does not exist, not a server that
/// is away. It says nothing of the system's health.
/// </summary>
/// <param name="reason">Why, for the message's <c>last_error</c>.</param>
/// <param name="isFinal">Whether trying again is of no use: the message is dead at once.</param>
public sealed class MessageRefusedException(string reason, bool isFinal) : Exception(reason)
{
    public bool IsFinal => isFinal;
}
