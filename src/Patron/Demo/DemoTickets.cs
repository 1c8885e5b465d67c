using System.Collections.Concurrent;
using System.Globalization;
using Patron.Erp.Dashboards;

namespace Patron.Demo;

/// <summary>The tickets of demo partners. Those that a visitor opens or answers are kept in memory until the process ends.</summary>
internal sealed class DemoTickets(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, List<ErpTicketDetails>> partners = new(StringComparer.Ordinal);

    /// <summary>The latest first.</summary>
    public IReadOnlyList<ErpTicketDetails> Of(string partnerId)
    {
        var tickets = ListOf(partnerId);
        lock (tickets)
        {
            return [.. tickets.OrderByDescending(ticket => ticket.Ticket.CreatedAt)];
        }
    }

    public void Open(string partnerId, string subject, string text)
    {
        var tickets = ListOf(partnerId);
        lock (tickets)
        {
            tickets.Add(Ticket(partnerId, tickets.Count, subject, text, TimeSpan.Zero, isOpen: true));
        }
    }

    /// <summary>Adds a message to one of the partner's tickets. False for any other ticket.</summary>
    public bool Answer(string partnerId, long id, string text)
    {
        var tickets = ListOf(partnerId);
        lock (tickets)
        {
            var index = tickets.FindIndex(ticket => ticket.Ticket.Id == id);
            if (index < 0)
            {
                return false;
            }

            var (ticket, now) = (tickets[index], time.GetUtcNow());
            tickets[index] = ticket with
            {
                Ticket = ticket.Ticket with { UpdatedAt = now },
                Messages = [.. ticket.Messages, new ErpMessage(DemoPartners.Find(partnerId)?.Name, now, text)],
            };
            return true;
        }
    }

    private List<ErpTicketDetails> ListOf(string partnerId) => partners.GetOrAdd(partnerId, id =>
    [
        Ticket(id, 0, "One chair arrived with a scratch", "The left armrest is scratched. Can you replace it?", TimeSpan.FromDays(2), isOpen: true),
        Ticket(id, 1, "Please change the delivery address", "We've moved to the second floor.", TimeSpan.FromDays(40), isOpen: false),
    ]);

    private ErpTicketDetails Ticket(string partnerId, int number, string title, string text, TimeSpan age, bool isOpen)
    {
        var (id, created) = ((int.Parse(partnerId, CultureInfo.InvariantCulture) * 100L) + number + 1, time.GetUtcNow() - age);
        var answered = new ErpMessage("Demo support", created + (age / 2), "Thanks for writing. We're looking into it.");
        return new ErpTicketDetails(
            new ErpTicket(id, $"T{id:D5}", title, isOpen ? "In progress" : "Solved", isOpen, created, created + (age / 2)),
            text, age == TimeSpan.Zero ? [] : [answered], MayAnswer: true);
    }
}
