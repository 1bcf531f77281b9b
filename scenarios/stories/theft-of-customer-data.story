# Theft of customer data at a unit in Pudong, under the Shanghai plan of 2019.
#
# 09:40 the unit notices an intrusion and that customer data were taken. From here on it owes its
# first report to three: by voice until 10:10, in writing until 10:40.

10:00 public reports | unit: 浦江数据服务有限公司 | discovered: 09:40 | title: 客户数据疑似被窃取 | says: 外部入侵客户资料平台,导出了客户资料,正在断网排查。 | name: 高原 | telephone: 021-5552 0001 | file: access.log | fact: security_threat>=some
    receipt for the reporter: number and secret, entry 82 of the journal, leaf hash
    sh-4.1.1-oral      incident_unit  → cac_duty_room          10:10 owed
    sh-4.1.1-oral      incident_unit  → district_authority     10:10 owed
    sh-4.1.1-oral      incident_unit  → linkage_centre         10:10 owed
    sh-4.1.1-written   incident_unit  → cac_duty_room          10:40 done 10:00
    sh-4.1.1-written   incident_unit  → district_authority     10:40 owed
    sh-4.1.1-written   incident_unit  → linkage_centre         10:40 owed

# Its officer calls the duty room; the call is an act of its own.
10:04 mara calls | duty: sh-4.1.1-oral | to: cac_duty_room | caller: 高原 | callee: 马岚 | says: 客户资料平台被入侵,正在断网
    duty-met
    sh-4.1.1-oral      incident_unit  → cac_duty_room          10:10 done 10:04

# The Office accepts: the duties go over to the incident unchanged.
10:10 mara accepts | title: 浦江数据客户资料窃取
    report accepted, incident opened
10:10 mara classifies | class: IDI/III
    incident-classified
10:10 mara grades
    certain IV, possible I
    I if (clause A1.2.1(1)): ask system_importance, system_loss
    I if (clause A1.2.1(2)): ask sensitive_data_affected, data_threat
    I if (clause A1.2.1(3)): ask security_threat, security_impact
    II if (clause A1.2.2(1)): ask system_importance, system_loss
    II if (clause A1.2.2(2)): ask sensitive_data_affected, data_threat
    II if (clause A1.2.2(3)): ask security_threat, security_impact
    III if (clause A1.2.3(1)): ask system_importance, system_loss
    III if (clause A1.2.3(2)): ask sensitive_data_affected, data_threat
    III if (clause A1.2.3(3)): ask security_threat, security_impact
10:10 public looks-up
    the reporter sees: accepted
    still owed: 口头报告(半小时内) to 事发地区网络安全主管部门 at 021-5551 0110, by 10:10
    still owed: 口头报告(半小时内) to 市应急联动中心 at 021-5550 0020, by 10:10
    still owed: 书面报告(1小时内) to 事发地区网络安全主管部门 at 021-5551 0110, by 10:40
    still owed: 书面报告(1小时内) to 市应急联动中心 at 021-5550 0020, by 10:40

# The linkage centre had been called at 10:02; that is typed in now and confirmed by a second officer.
10:12 chen receives | by: linkage_centre | channel: oral | happened: 10:02 | caller: 高原 | callee: 陈默
    report-received, duty-met
    sh-4.1.1-oral      incident_unit  → district_authority     10:10 missed
    sh-4.1.1-oral      incident_unit  → linkage_centre         10:10 missed
10:13 luo clears | duty: sh-4.1.1-oral | to: linkage_centre
    miss-cleared
    sh-4.1.1-oral      incident_unit  → linkage_centre         10:10 done, recorded late 10:02
10:15 chen receives | by: linkage_centre | channel: written
    report-received, duty-met
    sh-4.1.1-written   incident_unit  → linkage_centre         10:40 done 10:15

# Nobody told the district. The unit calls it now, late and with a reason.
10:20 zhou calls | duty: sh-4.1.1-oral | to: district_authority | caller: 高原 | callee: 周正 | late-because: 值班员误以为市级会转告区里
    duty-met
    sh-4.1.1-oral      incident_unit  → district_authority     10:10 late 10:20

# More is known: an important system, a considerable loss.
10:30 lin records | fact: system_importance=important | fact: system_loss=considerable
    facts-recorded
    sh-4.1.1-immediate incident_unit  → district_authority     at once owed [by the text 10:40]
    sh-4.1.1-written   incident_unit  → district_authority     10:40 superseded
10:30 lin grades
    certain III, possible I
    I if (clause A1.2.1(2)): ask sensitive_data_affected, data_threat
    I if (clause A1.2.1(3)): ask security_threat, security_impact
    II if (clause A1.2.2(2)): ask sensitive_data_affected, data_threat
    II if (clause A1.2.2(3)): ask security_threat, security_impact
10:30 lin judges | level: III
    level-judged
10:30 lin voices | step: start | level: III | scope: 浦东新区,浦江数据
    decision-voiced
10:30 chen voices | step: start | level: III | scope: 浦东新区,浦江数据
    decision-voiced, response-started
    sh-4.3.1-dynamics  management_centre → cac_office             at once owed
10:35 zhou calls | duty: sh-4.1.1-immediate | to: district_authority | caller: 高原 | callee: 周正
    duty-met
    sh-4.1.1-immediate incident_unit  → district_authority     at once done 10:35 (5 min after it arose) [by the text 10:40]

# The unit supplements: the loss is severe.
11:10 public supplements | says: 核心库不可用,业务中断,预计恢复需数日。 | fact: system_loss=severe
    report-supplemented
11:10 lin grades
    certain II, possible I
    I if (clause A1.2.1(2)): ask sensitive_data_affected, data_threat
    I if (clause A1.2.1(3)): ask security_threat, security_impact
11:15 lin judges | level: II
    level-judged
    sh-2.3-leaders     cac_office     → city_leaders           no time owed
    sh-4.1.2-oral      cac_office     → commission             at once owed [by the text 11:00]
    sh-4.1.2-oral      cac_office     → government_duty_office at once owed [by the text 11:00]
    sh-4.1.2-oral      cac_office     → party_duty_office      at once owed [by the text 11:00]
    sh-4.1.2-oral      linkage_centre → commission             at once owed [by the text 11:02]
    sh-4.1.2-oral      linkage_centre → government_duty_office at once owed [by the text 11:02]
    sh-4.1.2-oral      linkage_centre → party_duty_office      at once owed [by the text 11:02]
    sh-4.1.2-written   cac_office     → commission             12:00 owed
    sh-4.1.2-written   cac_office     → government_duty_office 12:00 owed
    sh-4.1.2-written   cac_office     → party_duty_office      12:00 owed
    sh-4.1.2-written   linkage_centre → commission             12:02 owed
    sh-4.1.2-written   linkage_centre → government_duty_office 12:02 owed
    sh-4.1.2-written   linkage_centre → party_duty_office      12:02 owed
    sh-4.2.2-proposal  cac_office     → commission             no time owed
    sh-4.2.2-proposal  linkage_centre → commission             no time owed
11:16 lin proposes | step: adjust | level: II | scope: 全市 | says: 提升为二级响应,组织专业机构封堵、取证、恢复。 | meets: sh-4.2.2-proposal
    proposal-submitted, duty-met
    sh-4.2.2-proposal  cac_office     → commission             no time done 11:16 (1 min after it arose)
11:17 chen endorses | meets: sh-4.2.2-proposal
    proposal-endorsed, duty-met
    sh-4.2.2-proposal  linkage_centre → commission             no time done 11:17 (2 min after it arose)
# One of those who propose tries to approve.
11:18 lin approves
    refused: 林越 did this, so somebody else must approve or confirm it
11:19 shen notes-approval | of: commission
    proposal-approved, response-adjusted
11:20 lin calls | duty: sh-4.1.2-oral | by: cac_office | caller: 林越 | callee: 总值班室
    duty-met, duty-met, duty-met
    sh-4.1.2-oral      cac_office     → commission             at once done 11:20 (5 min after it arose) [by the text 11:00]
    sh-4.1.2-oral      cac_office     → government_duty_office at once done 11:20 (5 min after it arose) [by the text 11:00]
    sh-4.1.2-oral      cac_office     → party_duty_office      at once done 11:20 (5 min after it arose) [by the text 11:00]
11:24 chen calls | duty: sh-4.1.2-oral | by: linkage_centre | caller: 陈默 | callee: 总值班室
    duty-met, duty-met, duty-met
    sh-4.1.2-oral      linkage_centre → commission             at once done 11:24 (9 min after it arose) [by the text 11:02]
    sh-4.1.2-oral      linkage_centre → government_duty_office at once done 11:24 (9 min after it arose) [by the text 11:02]
    sh-4.1.2-oral      linkage_centre → party_duty_office      at once done 11:24 (9 min after it arose) [by the text 11:02]
11:30 lin calls | duty: sh-2.3-leaders | caller: 林越 | callee: 江城
    duty-met
    sh-2.3-leaders     cac_office     → city_leaders           no time done 11:30 (15 min after it arose)
11:55 lin writes | duty: sh-4.1.2-written | by: cac_office | to: commission | to: party_duty_office | to: government_duty_office | title: 关于浦江数据客户资料窃取事件的报告 | form: onward-report-written
    document-issued, duty-met, duty-met, duty-met
    sh-4.1.2-written   cac_office     → commission             12:00 done 11:55
    sh-4.1.2-written   cac_office     → government_duty_office 12:00 done 11:55
    sh-4.1.2-written   cac_office     → party_duty_office      12:00 done 11:55
12:30 chen writes | duty: sh-4.1.2-written | by: linkage_centre | to: commission | to: party_duty_office | to: government_duty_office | title: 关于浦江数据客户资料窃取事件的报告 | form: onward-report-written | late-because: 等待现场核实影响范围
    document-issued, duty-met, duty-met, duty-met
    sh-4.1.2-written   linkage_centre → commission             12:02 late 12:30
    sh-4.1.2-written   linkage_centre → government_duty_office 12:02 late 12:30
    sh-4.1.2-written   linkage_centre → party_duty_office      12:02 late 12:30
13:00 wei confirms
    approval-confirmed
13:00 lin is-asked
    2 things stand in the way of closing

# Nobody of another district, and no other unit, sees anything of this.
13:01 xu looks | for: 浦江
    0 reports, 0 incidents, 0 own duties, 0 found, the page does not open
13:01 tan looks | for: 浦江
    0 reports, 0 incidents, 0 own duties, 0 found, the page does not open
13:01 gao looks | for: 浦江
    1 reports, 0 incidents, 7 own duties, 2 found, the page does not open

# The end.
14:30 lin proposes | step: end | level: II | scope: 全市 | says: 系统已恢复,隐患已排除,建议结束响应。
    proposal-submitted
14:32 chen endorses
    proposal-endorsed
14:40 wei approves
    proposal-approved, response-ended
    sh-4.3.1-dynamics  management_centre → cac_office             at once done 14:40 (250 min after it arose)
14:50 lin reviews | says: 起因:弱口令被利用。性质:窃取。影响:客户资料外泄。教训:口令与外联审计。
    incident-reviewed
14:55 lin tells-result | says: 已处置完毕,系统恢复,请按整改要求落实。
    result-told
15:00 lin closes
    incident-closed
15:00 public looks-up
    the reporter sees: accepted
    result: 已处置完毕,系统恢复,请按整改要求落实。
