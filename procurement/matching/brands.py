"""Products and suppliers that UK councils name, and what each is bought for.

Two needs which name the same product are likely about the same thing; "RingGo contract" tells a reader who
knows the market that cashless parking is meant. General knowledge of the market; nothing here says who uses
or should use what. A line reads ``concept: product, product``; ``*`` stands for suppliers with many lines
of business.
"""

from __future__ import annotations

import re
from typing import Final

_LINES: Final = """
*: civica, nec, northgate, capita, idox, oracle, sap, unit4, microsoft, access group, mri, agilisys, atos,
    sopra steria, bt, vodafone, dxc
*: softcat, phoenix software, bytes, computacenter, insight, cdw, specialist computer centres, trustmarque,
    boxxe, xma, ricoh uk, daisy
adult social care case management: mosaic, liquidlogic las, eclipse, liquidlogic adults, azeus, carefirst,
    corelogic
social care finance: controcc, abacus
electronic call monitoring: cm2000, webroster, birdie, has technology, careplanner
telecare: tunstall, appello, careium, jontek, taking care, answerlink
prepaid cards: prepaid financial services, allpay prepaid
childrens case management: liquidlogic lcs, liquidlogic ehm, liquidlogic
education management: capita one, synergy, tribal, impulse, servelec synergy
youth justice: childview, capita one youth justice
revenues and benefits: academy, openrevenues, ir world
debt recovery: marston, newlyn, bristow sutor, ascendant, telsolutions, equita
benefit calculator: policy in practice, lift dashboard, inbest, entitledto
housing management: northgate housing, civica cx, orchard, aareon, capita housing, mri housing enterprise,
    nec housing, active housing
housing repairs: drs, oneserve, plentific, accuserv, connect mobile, totalmobile, opti-time
housing asset management: keystone, pims, promaster, apex, c365
homelessness: jigsaw, locata, home connections, abritas, huume
damp and mould: switchee, aico homelink, homelink
rent arrears: rentsense, mobysoft, voicescape
planning back office: uniform, tascomi, arcus, def, ocella, acolaid, agile applications, back office
    planning portal
planning consultation: commonplace, citizen space, engagement hq, granicus engagementhq, delib, go vocal,
    citizenlab
community infrastructure levy: exacom
land charges: tlc, total land charges
gazetteer: aligned assets, symphony, gms gazetteer, ordnance survey, addressbase
geographic information system: arcgis, esri, mapinfo, qgis, cadcorp, earthlight, ishare, astun, statmap, gis
    cloud
public protection: lalpac, app civica, flare, metastreet, salus
parking enforcement: taranto, conduent, 3sixty, si-dem, chipside, imperial civil, zatpark, ices, wsp parking
parking permits: mipermit, permitsmarti, paybyphone permits
cashless parking: ringgo, paybyphone, justpark, appyway, flowbird, saba, just park, parkmobile
traffic enforcement cameras: videalert, siemens lanewatch, yunex, marston holdings cameras, sea roadflow,
    roadflow, jenoptik
traffic management orders: parkmap, appyway traffic suite, traffweb, buchanan, street manager
electric vehicle charging: ubitricity, source london, connected kerb, char.gy, believ, zest
cycle parking: cyclehoop, spokesafe
waste management: bartec, whitespace, echo selected interventions, alloy, yotta, webaspx, routesmart,
    collective
highways asset management: confirm, mayrise, insight symology, symology, causeway, brightly confirm,
    one.network, horizons
street lighting: telensa, citytouch, mayflower, urbancontrol
fleet management: tranman, fleetwave, samsara, masternaut, quartix, webfleet, jaama
passenger transport: trapeze, mobisoft, cleric, 365 response
library management: sirsidynix, spydus, soprano, symphony library, koha, axiell, lyngsoe, bibliotheca
library digital content: overdrive, borrowbox, libby, pressreader
public computers: netloan, lorensbergs
leisure booking: gladstone, legend, artifax, bookinglab, schoolhire, sharesy, filmapp
registrars: stopford, zipporah
bereavement: bacas, epilog, obitus
customer relationship management: dynamics 365, salesforce, firmstep, verint, lagan, hornbill
website: jadu, localgov drupal, contensis, umbraco, sitecore, goss icm, drupal, wordpress, squiz
online forms: granicus, achieveforms, govservice, netcall liberty, liberty create, outsystems, mendix, jadu
    xfp, victoria forms, iez
report it: fixmystreet, love clean streets
appointment booking: qmatic, qudini, bookwhen, jrni
contact centre: genesys, netcall, five9, nice cxone, 8x8, content guru, storm, anywhere365, amazon connect,
    puzzel, luware, odigo, enghouse
telephony: mitel, avaya, ringcentral, gamma, teams phone, cisco call manager, skype for business
mobile phones: ee, o2, three mobile, tesco mobile
mobile device management: intune, airwatch, workspace one, blackberry uem
lone worker: peoplesafe, stayalert, solo protect, skyguard, reliance protect
chatbot: ami, ebi, ics.ai, futr
bulk messaging: govdelivery, gov.uk notify, dotdigital, mailchimp
social media management: hootsuite, orlo, meltwater
payments: pay360, capita axis, adelante, civica icon, icon, worldpay, gov.uk pay, allpay, access paysuite,
    paye.net, takepayments, barclaycard
complaints: icasework, respond, infreemation, caseviewer, emember
translation: languageline, the big word, thebigword, clarion interpreting, dals
web accessibility: siteimprove, silktide, monsido, recite me, browsealoud
finance system: agresso, business world, e5 financials, efinancials, integra, technologyone, oracle fusion,
    oracle cloud, sap s4, workday, cedar
payroll and hr: itrent, midland hr, mhr, zellis, resourcelink, selima, northgate resourcelink
pensions administration: altair, heywood, universal pensions
recruitment: talentlink, tribepad, jobtrain, eploy, oleeo, webrecruit, hireful, greater jobs
agency staff: matrix scm, reed managed, adecco, de poel, comensura
learning management: learning pool, totara, kallidus, cornerstone, moodle, me learning
e-procurement: proactis, due north, in-tend, jaggaer, atamis, delta esourcing, london tenders portal,
    procontract, bravo solution
dynamic purchasing: adam dps, sproc.net
document management: information@work, comino, objective, onbase, opentext, idox edms, content server, at
    work
hybrid mail: posthub, imail, opus trust, critiqom, gov.uk notify letters, document genetics, adare, pitney
    bowes
committee management: modern.gov, moderngov, cmis, mod.gov
webcasting: public-i, auditel, bosch dicentis, taiden
electoral management: xpress, eros, idox eros, democracy counts, strand
postal vote printing: civica election services, print uk, print image network
legal case management: iken, visualfiles, civica legal, norwel, casepilot, bundledocs, zylpha, opus 2
property management: concerto, tech forge, technology forge, planon, k2, tf cloud, uniclass, civica property
desk booking: condeco, matrix booking, smartway2
energy management: sigma energy, systemslink, stark, laser energy, teamenergy
risk and audit: pentana, jcad, galileo, magique, teammate
health and safety: evotix, assessnet, sheassure, airsweb
business continuity: everbridge, resilience direct, clearview, mataki
project management: verto, smartsheet, project online, cora, jira, monday.com
performance management: inphase, ideagen pentana, spar.net
business intelligence: tableau, qlik, business objects, cognos, lg inform
data platform: databricks, snowflake, fabric, synapse, redshift
master data: infoshare, clearcore, informatica
predictive analytics: xantura
integration platform: mulesoft, boomi, biztalk, workato, tibco, webmethods
robotic process automation: blue prism, uipath, automation anywhere, power automate, thoughtonomy
meeting transcription: magic notes, beam magic, otter.ai, minute ai, philips speechlive
laptops: dell, lenovo, hp, surface, chromebook, macbook, fujitsu, panasonic toughbook
local area network: aruba, meraki, juniper, extreme networks, ruckus, cisco
wide area network: virgin media business, exponential-e, maintel, mll telecom, updata
full fibre: community fibre, g.network, hyperoptic, openreach
servers and storage: nutanix, vmware, netapp, pure storage, vxrail, hyper-v
virtual desktop: citrix, horizon view, azure virtual desktop
security operations: sentinel, splunk, logrhythm, qradar, secureworks, arctic wolf, bridewell
endpoint protection: crowdstrike, sophos, trend micro, mcafee, sentinelone, carbon black, defender for
    endpoint
vulnerability scanning: nessus, tenable, qualys, rapid7
firewalls: fortinet, fortigate, palo alto, checkpoint, zscaler, smoothwall, f5
email security: mimecast, proofpoint, egress
security awareness: knowbe4, metacompliance, boxphish
identity management: okta, beyondtrust, cyberark, forgerock, imprivata
backup: veeam, rubrik, commvault, cohesity, veritas, netbackup, datto, arcserve
multifunction devices: ricoh, canon, xerox, konica minolta, kyocera, sharp, papercut, toshiba
cctv: milestone, genetec, synectics, hikvision, avigilon, axis cameras, dahua
body worn video: axon, reveal media, motorola vb400, pinnacle response
it service management: servicenow, freshservice, manageengine, topdesk, ivanti, marval, cherwell, halo itsm,
    remedy, sunrise itsm
network monitoring: solarwinds, prtg, logicmonitor
e-signature: docusign, adobe sign
cookie and privacy: onetrust, civic cookie
agency staff: hays
"""


def brands() -> dict[str, str]:
    """Return product or supplier in lower case -> concept it is bought for, "" where it sells many things."""
    table: dict[str, str] = {}
    for line in _LINES.strip().replace("\n    ", " ").splitlines():
        concept, _, names = line.partition(":")
        for name in names.split(","):
            table.setdefault(name.strip().lower(), "" if concept == "*" else concept)
    return table


BRANDS: Final = brands()
_WORD: Final = re.compile(r"(?<![\w.])\w+")


def _by_first_word() -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for name in sorted(BRANDS, key=lambda name: (-len(name), name)):
        table.setdefault(_WORD.findall(name)[0], []).append(name)
    return {first: tuple(names) for first, names in table.items()}


_BY_FIRST_WORD: Final = _by_first_word()
_JOINTS: Final = frozenset("._")
_CAPITAL: Final = re.compile(r"[A-Z0-9]\w*")
_DOTTED: Final = tuple(sorted(name for name in BRANDS if "." in name or "@" in name))


def mentions(text: str) -> list[tuple[str, str]]:
    """Return (name in lower case, name as written) for each time that ``text`` names a product or supplier.

    Short or everyday words ("confirm", "echo") count only as written in a name: with a capital, a digit, a
    dot or an at sign, so that "we confirm" names nobody. Of names that overlap the longest counts.
    """
    found: list[tuple[str, str]] = []
    lower, end = text.lower(), 0
    if len(lower) != len(text):  # a letter whose small form is two letters: positions would not fit
        text = lower = text.casefold()
    everything = any(name in lower for name in _DOTTED)
    for match in (_WORD if everything else _CAPITAL).finditer(text):
        start = match.start()
        for name in _BY_FIRST_WORD.get(match.group().lower(), ()):
            if start >= end and lower.startswith(name, start) and not _touched(lower, start, start + len(name)):
                end = start + len(name)
                written = text[start:end]
                if not written[0].islower() or "." in written or "@" in written:
                    found.append((name, written))
                break
    return found


def spellings(name: str, text: str) -> list[str]:
    """Return how ``text`` writes the product ``name``, once for each time it is named."""
    return [written for found, written in mentions(text) if found == name and not written[0].islower()]


def _touched(text: str, start: int, end: int) -> bool:
    """Tell whether a letter, digit or underscore goes on before or after, or a dot stands before."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return before.isalnum() or after.isalnum() or before in _JOINTS or after == "_"


def named(text: str) -> frozenset[str]:
    """Return the products and suppliers named in ``text``, in lower case."""
    return frozenset(name for name, _ in mentions(text))
