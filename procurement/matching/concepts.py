"""What UK councils call the technology they buy: one line for each thing that can be bought, with the words
used for it.

General knowledge of the sector, finer than the product's categories: "cashless parking" and "parking
permits" are both parking, but two purchases. A line reads ``name: phrase, phrase``; phrases are matched as
whole words after ``text.stems``.
"""

from __future__ import annotations

from typing import Final

_LINES: Final = """
adult social care case management: adult social care system, adults case management, asc case management,
    care act system
social care finance: social care charging, client charging, provider payments, direct payments, care
    payments, homecare billing
electronic call monitoring: electronic homecare monitoring, call monitoring, homecare scheduling, care
    visits, home care rota
telecare: technology enabled care, alarm receiving, pendant alarm, community alarm, assistive technology,
    digital telecare, dispersed alarm
prepaid cards: prepaid card, prepayment card, direct payment card
care brokerage: care brokerage, care marketplace, care directory, care cubed, placement brokerage
shared care record: shared care record, integrated care record, nhs integration
childrens case management: children's social care system, childrens social care, early help, looked after
    children, care leavers
education management: education management system, school admissions, admissions, school transport
    applications, attendance
special educational needs portal: ehcp, ehc plan, send portal, education health care plan, send case
    management
early years funding: early years, nursery funding, childcare funding, free school meals eligibility
virtual school: virtual school, personal education plan, epep
fostering: foster carer, fostering, adoption, foster care recruitment
youth justice: youth justice, youth offending
schools information system: school management information, mis for schools, schools broadband
revenues and benefits: revenues benefits, revs bens, council tax, business rates, nndr, housing benefit,
    council tax reduction
single person discount: single person discount, spd review, discount review
empty homes and rates review: empty property review, empty homes review, rates avoidance, rateable value
    finder, business rates growth
debt recovery: debt recovery, debt collection, ethical collection, enforcement agent, bailiff, single view
    debt, tracing
discretionary grants: grant management, household support fund, crisis payments, voucher scheme,
    discretionary housing payment
benefit calculator: benefits calculator, low income tracker, income maximisation
housing management: housing management system, tenancy management, rent accounting, rents system, leasehold
    management, service charges
housing repairs: responsive repairs, repairs scheduling, repairs diagnostics, repairs contractor, dlo, void
    works
housing asset management: stock condition, planned maintenance, asset management housing, decent homes,
    energy performance
homelessness: homelessness, housing options, hclic, temporary accommodation, rough sleeping, nightly paid
choice based lettings: choice based lettings, cbl, housing register, allocations, lettings
building safety: building safety, golden thread, fire risk assessment, gas compliance, big six compliance,
    safety case
damp and mould: damp, mould, humidity sensors, environmental sensors homes, condensation
rent arrears: rent arrears, arrears analytics, income collection rents
tenant engagement: tenant app, tenant portal, resident engagement, tenant satisfaction
landlord licensing: landlord licensing, selective licensing, hmo, property licensing, private rented
door entry: door entry, access control, key fobs, intercom, concierge
planning back office: development management, planning applications, planning back office, planning system,
    planning register
building control: building control, dangerous structures
local plan: local plan, plan making, call for sites, site allocation
planning consultation: consultation platform, engagement platform, online consultation, survey tool
community infrastructure levy: cil, section 106, s106, planning obligations, developer contributions
three dimensional city model: 3d model, digital twin, city model
land charges: land charges, llc1, con29, local land charges
gazetteer: gazetteer, llpg, uprn, address management, street naming, address lookup, addressing
geographic information system: gis, geographic information, web mapping, mapping software, geospatial,
    spatial data
aerial imagery: aerial photography, imagery, lidar, aerial survey
public protection: regulatory services system, public protection, environmental health, trading standards,
    licensing system, premises licence
food inspections: food hygiene, food inspection
noise monitoring: noise monitoring, noise nuisance, noise app
taxi licensing: taxi licensing, private hire, knowledge test
parking enforcement: penalty charge notice, pcn, parking enforcement, civil enforcement officer, notice
    processing, parking appeals
parking permits: parking permit, resident permit, virtual permit, visitor permit, voucher
cashless parking: cashless parking, pay by phone, mobile parking payment, parking app, pay and display,
    parking machines, parking session
traffic enforcement cameras: moving traffic, bus lane camera, school street, banned turn, anpr, low traffic
    neighbourhood, unattended cameras
traffic management orders: traffic management order, traffic regulation order, tmo, tro, kerbside, kerb data
electric vehicle charging: ev charging, chargepoint, charge point, lamp column charging, electric vehicle
cycle parking: cycle hangar, bike hangar, cycle parking, cycle hire, dockless
car club: car club, pool cars
traffic counting: traffic count, traffic sensor, vehicle count, cycle count, journey time
traffic signals: traffic signal, variable message signs, urban traffic control
waste management: waste system, in cab, missed bin, waste collection, bulky waste, garden waste, round
    optimisation, route optimisation
bin sensors: bin sensor, smart bin, fill level
weighbridge: weighbridge, reuse recycling centre, tip booking
street cleansing: street cleansing, fly tipping, graffiti, litter
highways asset management: highway asset, highways management, street works, permit scheme, potholes,
    highway inspections, works ordering
street lighting: street lighting, lighting column, central management system lighting, cms lighting
trees and parks: tree management, arboricultural, grounds maintenance, parks management, playground
    inspection
flood and gullies: gully, flood, drainage
winter service: gritting, winter service, weather forecast
fleet management: fleet management, telematics, vehicle tracking, fuel management, dash cam
passenger transport: passenger transport, travel assistance, transport routing, home to school
library management: library management, library system, library catalogue, self issue, rfid library, library
    kiosk
library digital content: ebook, eaudio, e magazine, digital content library
public computers: public access pc, public network, people's network, pc booking, library computers
archives: archive catalogue, museum collection, digital preservation, local studies
leisure booking: leisure management, venue booking, facility hire, room hire, sports pitch booking, event
    booking, film location
registrars: registrar, registration service, ceremonies, births deaths, appointments diary registrars
bereavement: bereavement, crematorium, cemetery, burial
markets: market trader, street trading, stall
air quality: air quality, pollution sensor, diffusion
sensor network: iot, internet of things, lorawan, connected places, sensor network
customer relationship management: crm, customer relationship, customer platform, case handling, customer
    account
website: website, web content management, content management system, localgov drupal, web hosting cms
intranet: intranet, staff communications, employee app
online forms: online forms, e-forms, low code, citizen portal, my account, self service portal, digital
    platform
report it: fault reporting, report it app, street reporting
appointment booking: appointment booking, queue management, customer appointments, kiosk check in
contact centre: contact centre, ccaas, automatic call distribution, call recording, ivr, workforce
    management contact
telephony: telephony, voip, sip trunk, unified communications, ucaas, pstn, softphone, telephone system,
    analogue lines
mobile phones: mobile phone, mobile voice, sim, airtime, handset, mobile contract, mobile data
mobile device management: mobile device management, mdm, endpoint management, unified endpoint
lone worker: lone worker, lone working, panic alarm
chatbot: chatbot, virtual assistant, voicebot, conversational ai, webchat, live chat
bulk messaging: bulk email, text messaging, sms, newsletter, email marketing, notifications service
social media management: social media, social listening, media monitoring
payments: income management, card payments, payment gateway, cash receipting, direct debit, payment portal,
    acquiring, chip and pin
cash collection: cash collection, cash in transit
complaints: complaints, members enquiries, casework, ombudsman
freedom of information: freedom information, foi, subject access, sar, redaction, information requests
translation: translation, interpreting, interpretation services, bsl, sign language
web accessibility: accessibility testing, wcag audit, accessibility monitoring, quality assurance web
finance system: finance system, erp, general ledger, accounts payable, enterprise resource planning,
    purchase to pay, financial management
invoice automation: invoice processing, invoice scanning, e-invoicing, accounts payable automation
budget monitoring: budget monitoring, financial planning, forecasting, budgeting
treasury and tax: treasury management, vat, lease accounting, ifrs16, statement of accounts, fixed asset
    register
fraud prevention: fraud detection, national fraud initiative, identity fraud, right to buy fraud, tenancy
    fraud
payroll and hr: payroll, human resources system, hr system, hris, workforce system
pensions administration: pension administration, lgps, pension
recruitment: applicant tracking, recruitment system, ats, job board, onboarding
agency staff: agency staff, temporary workers, neutral vendor, contingent labour, vendor management staffing
expenses and benefits staff: expenses, employee benefits, salary sacrifice, staff benefits
staff survey and performance: performance appraisal, staff survey, engagement survey, 360 feedback
rostering: rostering, rota, time attendance, clocking
occupational health: occupational health, employee assistance
learning management: learning management, elearning, e-learning, lms learning, training content, compliance
    training
e-procurement: e-tendering, etendering, eprocurement, contract register, contracts management, supplier
    portal, sourcing, spend analysis
dynamic purchasing: dynamic purchasing, dps platform, supplier engagement
document management: edrms, document management, records management, sharepoint, file migration
scanning and digitisation: scanning, digitisation, back scanning, microfiche
records storage: records storage, offsite storage, archive boxes, shredding
hybrid mail: hybrid mail, outbound mail, print and post, bulk printing, mailroom, franking, digital mail
committee management: committee, modern gov, democratic services, meeting papers, agenda management,
    councillor
webcasting: webcasting, council chamber, live streaming, hybrid meeting, conference microphones, voting
    system
electoral management: electoral, election management, electoral register, elections
postal vote printing: ballot papers, poll cards, election printing, canvass forms
legal case management: legal case, legal practice management, court bundling, bundling, law case
property management: estates management, property asset management, cafm, facilities management system,
    asset register property
desk booking: desk booking, room booking, workplace booking, hot desk
energy management: energy management, utility bills, meter reading, half hourly, smart meters, carbon
    accounting
building management system: building management system, bms, hvac controls
risk and audit: risk register, internal audit, audit management, governance risk
health and safety: accident reporting, incident reporting, health and safety system
business continuity: business continuity, emergency planning, mass notification, incident management
    emergency
project management: project management software, ppm, portfolio management, programme reporting
performance management: performance management, kpi, corporate plan
data platform: data platform, data warehouse, data lake, lakehouse, etl, azure data
business intelligence: business intelligence, power bi, dashboards, analytics, reporting tool, visualisation
master data: master data, data matching, single view, entity resolution, data quality
predictive analytics: predictive analytics, vulnerability data, risk modelling, population health
open data: open data, data portal, data catalogue, data governance
integration platform: ipaas, api gateway, api management, middleware, esb, integration platform
robotic process automation: rpa, robotic process automation, process automation, digital workers, software
    robots
ai assistant: copilot, generative ai, large language model, llm, ai assistant
meeting transcription: transcription, note taking, meeting notes, ambient scribe, dictation, speech to text
laptops: laptop, notebook, desktops, end user devices, tablets, device refresh, monitors, docking
device disposal: disposal, weee, recycling it equipment, refurbished, data destruction
av equipment: audio visual, meeting room equipment, room systems, display screens, video conferencing
digital signage: digital signage, information screens, advertising screens
local area network: local area network, lan, switches, wifi, wireless, access points, network refresh
wide area network: wide area network, wan, sd-wan, psn connection, network circuits, leased line, internet
    connection
full fibre: full fibre, wayleave, gigabit, fibre rollout, dark fibre, concession fibre
public wifi: public wifi, town centre wifi, guest wifi
small cells: small cell, 5g, neutral host, mobile coverage
structured cabling: structured cabling, data cabling, cabling
cloud hosting: cloud hosting, iaas, azure, aws, public cloud, cloud migration, data centre exit, landing
    zone
data centre: data centre, colocation, co-location, server room, ups
servers and storage: servers, storage array, san, hyperconverged, hci, virtualisation
virtual desktop: virtual desktop, vdi, remote desktop, application delivery
microsoft licences: microsoft 365, office 365, enterprise agreement, e3, e5, microsoft licensing, licensing
    solution partner
software reseller: software reseller, value added reseller, software licences reseller
adobe licences: adobe, creative cloud, acrobat
security operations: soc, security operations centre, siem, mdr, managed detection, threat monitoring
endpoint protection: endpoint protection, antivirus, edr, anti malware
penetration testing: penetration test, it health check, ithc, pen test
vulnerability scanning: vulnerability management, vulnerability scanner, patching
firewalls: firewall, web filtering, secure web gateway, sase, zero trust
email security: email security, phishing, email gateway, dmarc
security awareness: phishing simulation, security awareness
identity management: identity access, single sign on, mfa, multi factor, privileged access, joiners movers
    leavers
backup: backup, immutable, backup as a service
disaster recovery: disaster recovery, failover, recovery site
multifunction devices: multifunction device, multi functional device, mfd, managed print, photocopier,
    printers
cctv: cctv, public space cameras, video surveillance, control room, video management, re-deployable cameras
body worn video: body worn, bodycam
radio: two way radio, digital radio, airwave, push to talk
it service management: service desk tool, itsm, service management tool, it service management, asset
    discovery
managed it service: managed it, it outsourcing, service desk outsourcing, out of hours support, deskside
application support: application support, database administration, oracle support, legacy support
network monitoring: network monitoring, observability, infrastructure monitoring
user research: user research, service design, discovery, alpha, user centred design
software development: bespoke development, software development, developers, agile team, application
    development
strategy consultancy: digital strategy, target operating model, transformation partner, strategy
    consultancy, options appraisal
system implementation: implementation partner, systems integrator, implementation of, data migration partner
programme support: pmo, change management, business analyst, project managers
digital inclusion: digital inclusion, device bank, digital skills, digital champions
cookie and privacy: cookie consent, data protection software, ropa, dpia, information governance
e-signature: e-signature, electronic signature, esign, docusign
video interviewing: video consultation, remote interviews
domain and dns: dns, domain names, ssl certificates
password manager: password manager, password vault
test automation: software testing, test automation, load testing
diagramming: diagramming, whiteboard, prototyping tool
"""


def concepts() -> dict[str, tuple[str, ...]]:
    """Return name -> phrases, the name itself first."""
    table: dict[str, tuple[str, ...]] = {}
    for line in _LINES.strip().replace("\n    ", " ").splitlines():
        name, _, phrases = line.partition(":")
        table[name] = (name, *(phrase.strip() for phrase in phrases.split(",") if phrase.strip()))
    return table
