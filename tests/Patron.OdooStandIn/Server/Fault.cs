namespace Patron.OdooStandIn.Server;

/// <summary>What a server, or what stands before it, does instead of answering.</summary>
public enum Fault
{
    /// <summary>502 with a page of the proxy.</summary>
    BadGateway,

    /// <summary>500 with a page of Odoo's own.</summary>
    HtmlError,

    /// <summary>200 with a page: a maintenance notice.</summary>
    HtmlAnswer,

    /// <summary>200 with half of some JSON.</summary>
    BadJson,

    /// <summary>The connection is cut.</summary>
    DropConnection,

    /// <summary>Nothing, until who asks gives up.</summary>
    Hang,

    /// <summary>An exception of Odoo's: the database is too busy.</summary>
    BusyDatabase,
}
